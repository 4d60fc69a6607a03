import type { ListAddress } from "../../components/list/list_address.ts";

export type AuditView = Record<"actor" | "action" | "subject" | "since" | "until" | "sort", string>;

const defaults = { actor: "all", action: "all", sort: "-at" };

/** The workspace's log, and the platform's in the back office. Both start with the newest entries. */
export const AUDIT: ListAddress<AuditView> = { path: "/audit", defaults };
export const PLATFORM_AUDIT: ListAddress<AuditView> = { path: "/admin/audit", defaults };

/** Whether the list shows only some entries. */
export function isFiltered({ actor, action, subject, since, until }: AuditView): boolean {
  return actor !== "all" || action !== "all" || subject !== "" || since !== "" || until !== "";
}
