import { type ListAddress, listHref } from "../../components/list/list_address.ts";
import { EVERY_REQUEST, REQUEST_LOG, type RequestView } from "../request_log/request_address.ts";

export type UsageView = Record<"days" | "operation" | "actor", string>;

/** The report on the workspace's API calls. */
export const API_USAGE: ListAddress<UsageView> = {
  path: "/developers/usage",
  defaults: { days: "30", operation: "all", actor: "all" },
};

/** The requests behind a report, or behind a part of it. */
export function requestsHref(
  { operation, actor }: UsageView,
  firstDay: string,
  part: Partial<RequestView> = {},
): string {
  const [method = "all", endpoint = "all"] = operation === "all" ? [] : operation.split(" ");
  return listHref(REQUEST_LOG, { ...EVERY_REQUEST, method, endpoint, actor, since: firstDay, ...part });
}
