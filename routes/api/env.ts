import type { Context } from "hono";
import type { MemberContext } from "../../src/context.ts";
import type { Bearer } from "../../src/identity/credentials.ts";
import type { RequestVariables } from "../http.ts";

/** A request with credentials. `member` is set if the request or its token names a tenant. */
export type CallerEnv = {
  Variables: RequestVariables & { caller: Bearer; member: MemberContext | undefined };
};
export type CallerContext = Context<CallerEnv>;

/** A request about one tenant. */
export type TenantCallEnv = { Variables: RequestVariables & { caller: Bearer; member: MemberContext } };
