import type { Context } from "hono";
import type { MemberActor, UserActor } from "../../src/access/actor.ts";
import { type MemberContext, type SystemContext, systemContext, tenantContext } from "../../src/context.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { type Audience, Resource } from "../resource.ts";
import { authenticateCaller, requireTenant } from "./authentication.ts";
import type { CallerEnv, TenantCallEnv } from "./env.ts";

const BEARER = "bearer";

/** A client that has no access token yet. It sends its credentials in the body. */
const ANYONE: Audience<HttpEnv, SystemContext> = {
  guards: [],
  contextOf: systemContextOf,
  credentials: null,
  refusals: [],
};

/** A client that acts for a person, with a token for their account or for one tenant. */
const CALLER: Audience<CallerEnv, SystemContext<UserActor | MemberActor>> = {
  guards: [authenticateCaller],
  contextOf: callerContext,
  credentials: BEARER,
  refusals: [401, 403],
  recording: {
    systemOf: (ctx) => ctx,
    recordingWith: ({ services, actor, requestId, ipAddress }, beforeCommit) =>
      systemContext(services, actor, requestId, ipAddress, undefined, beforeCommit),
  },
};

/** A client that acts for a member of one tenant. */
const MEMBER: Audience<TenantCallEnv, MemberContext> = {
  guards: [authenticateCaller, requireTenant],
  contextOf: (c) => c.get("member"),
  credentials: BEARER,
  refusals: [400, 401, 403],
  recording: {
    systemOf: ({ system }) => system,
    recordingWith: ({ services, tenant, actor, requestId, ipAddress }, beforeCommit) =>
      tenantContext(services, tenant, actor, requestId, ipAddress, beforeCommit),
  },
};

/** A resource that needs no access token. */
export function publicResource(tag: string, description?: string) {
  return new Resource(tag, description, ANYONE);
}

/** A resource of the caller. Guard an operation with `requireAccountToken` to reject tenant tokens. */
export function personResource(tag: string, description?: string) {
  return new Resource(tag, description, CALLER);
}

/** A resource of the tenant that the request names. */
export function tenantResource(tag: string, description?: string) {
  return new Resource(tag, description, MEMBER);
}

function callerContext(c: Context<CallerEnv>): SystemContext<UserActor | MemberActor> {
  const { ipAddress } = c.get("device");
  return systemContext(c.get("services"), c.get("caller").actor, c.get("requestId"), ipAddress);
}
