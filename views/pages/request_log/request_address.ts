import type { ListAddress } from "../../components/list/list_address.ts";

export type RequestView = Record<
  "status" | "method" | "endpoint" | "actor" | "since" | "until" | "sort",
  string
>;

/** The workspace's request log, newest requests first. */
export const REQUEST_LOG: ListAddress<RequestView> = {
  path: "/developers/logs",
  defaults: { status: "all", method: "all", endpoint: "all", actor: "all", sort: "-at" },
};

export const EVERY_REQUEST: RequestView = {
  status: "all",
  method: "all",
  endpoint: "all",
  actor: "all",
  since: "",
  until: "",
  sort: "-at",
};

/** Whether the list shows only some requests. */
export function isFiltered({ sort: _, ...view }: RequestView): boolean {
  return Object.entries(view).some(([name, value]) => value !== EVERY_REQUEST[name as keyof typeof view]);
}
