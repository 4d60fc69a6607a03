import type { ListAddress } from "../../components/list/list_address.ts";

export type ProjectView = { search: string; status: "all" | "active" | "archived"; sort: string };

/** The list of projects. It starts with the active ones, the last changed first. */
export const PROJECTS: ListAddress<ProjectView> = {
  path: "/projects",
  defaults: { status: "active", sort: "-updated_at" },
};
