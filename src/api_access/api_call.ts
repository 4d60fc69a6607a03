import type { TenantId } from "../../db/ids.ts";

/** An API call about a tenant, once it is answered. */
export type ApiCall = {
  /** The request's id, a UUIDv7. The time in it is the time of the call. */
  id: string;
  tenantId: TenantId;
  /** A member, or whatever else may call the API. */
  actor: { type: string; id: string; name: string };
  method: string;
  /** The route's pattern, such as `/projects/{id}`. */
  endpoint: string;
  status: number;
  /** The code of the problem that the call was answered with, or null. */
  errorCode: string | null;
  ipAddress: string | null;
  /** From the first check of the credentials until the answer was ready. */
  milliseconds: number;
};

/** Whether the call failed, because of the caller or because of us. */
export function isError({ status }: Pick<ApiCall, "status">): boolean {
  return status >= 400;
}

/** The endpoint of calls that match no route. */
export const UNKNOWN_ENDPOINT = "unmatched";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
