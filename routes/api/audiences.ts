import type { Context } from "hono";
import type { KeyActor, MemberActor, UserActor } from "../../src/access/actor.ts";
import { type CallContext, type SystemContext, systemContext, tenantContext } from "../../src/context.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { type Audience, Resource } from "../resource.ts";
import { API_KEY, authenticateCaller, BEARER, requireTenant } from "./authentication.ts";
import { bearerOf } from "./credentials.ts";
import type { CallerEnv, TenantCallEnv } from "./env.ts";
import type { Recording } from "./once.ts";

/** A client that has no access token yet. It sends its credentials in the body. */
const ANYONE: Audience<HttpEnv, SystemContext> = {
  guards: [],
  contextOf: systemContextOf,
  credentials: [],
  refusals: [],
};

/** A client that acts for a person, with a token for their account or for one tenant. */
const PERSON: Audience<CallerEnv, SystemContext<UserActor | MemberActor>> = {
  guards: [authenticateCaller],
  contextOf: (c) => callerContext(c, bearerOf(c).actor),
  credentials: [BEARER],
  refusals: [401, 403, 429],
  recording: recordingOfCaller(),
};

/** Any client with credentials: a token, or an API key. */
const CALLER: Audience<CallerEnv, SystemContext<UserActor | MemberActor | KeyActor>> = {
  guards: [authenticateCaller],
  contextOf: (c) => callerContext(c, c.get("caller").actor),
  credentials: [BEARER, API_KEY],
  refusals: [401, 403, 429],
  recording: recordingOfCaller(),
};

/** A client that acts in one tenant. */
const MEMBER: Audience<TenantCallEnv, CallContext> = {
  guards: [authenticateCaller, requireTenant],
  contextOf: (c) => c.get("member"),
  credentials: [BEARER, API_KEY],
  refusals: [400, 401, 403, 429],
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

/** A resource of the person who calls. Guard an operation with `requireAccountToken` to reject tenant tokens. */
export function personResource(tag: string, description?: string) {
  return new Resource(tag, description, PERSON);
}

/** A resource of the caller, who may also be a program with an API key. */
export function callerResource(tag: string, description?: string) {
  return new Resource(tag, description, CALLER);
}

/** A resource of the tenant that the request names. */
export function tenantResource(tag: string, description?: string) {
  return new Resource(tag, description, MEMBER);
}

/** Answers are stored in the transaction of the caller's own context. */
function recordingOfCaller<Who extends UserActor | MemberActor | KeyActor>(): Recording<SystemContext<Who>> {
  return {
    systemOf: (ctx) => ctx,
    recordingWith: ({ services, actor, requestId, ipAddress }, beforeCommit) =>
      systemContext(services, actor, requestId, ipAddress, undefined, beforeCommit),
  };
}

function callerContext<Who extends UserActor | MemberActor | KeyActor>(
  c: Context<CallerEnv>,
  actor: Who,
): SystemContext<Who> {
  const { ipAddress } = c.get("device");
  return systemContext(c.get("services"), actor, c.get("requestId"), ipAddress);
}
