import type { Context } from "hono";
import type { CallContext } from "../../src/context.ts";
import type { Caller } from "../../src/identity/credentials.ts";
import type { RequestVariables } from "../http.ts";

/** A request with credentials. `member` is set if the request or its credentials name a tenant. */
export type CallerEnv = {
  Variables: RequestVariables & { caller: Caller; member: CallContext | undefined };
};
export type CallerContext = Context<CallerEnv>;

/** A request about one tenant. */
export type TenantCallEnv = { Variables: RequestVariables & { caller: Caller; member: CallContext } };
