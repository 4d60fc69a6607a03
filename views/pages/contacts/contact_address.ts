import type { ListAddress } from "../../components/list/list_address.ts";

export type ContactView = {
  search: string;
  consent_status: "all" | "given" | "none" | "withdrawn";
  tag: string;
  list: string;
  sort: string;
};

/** The list of contacts, the last added first. */
export const CONTACTS: ListAddress<ContactView> = {
  path: "/contacts",
  defaults: { consent_status: "all", sort: "-created_at" },
};
