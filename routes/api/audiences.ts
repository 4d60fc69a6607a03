import type { Context } from "hono";
import type { KeyActor, MemberActor, UserActor } from "../../src/access/actor.ts";
import { type CallContext, type SystemContext, systemContext } from "../../src/context.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { type Audience, Resource } from "../resource.ts";
import { authenticateCaller, requireTenant } from "./authentication.ts";
import { bearerOf } from "./credentials.ts";
import type { CallerEnv, TenantCallEnv } from "./env.ts";

const BEARER = "bearer";
const API_KEY = "api_key";

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
};

/** Any client with credentials: a token, or an API key. */
const CALLER: Audience<CallerEnv, SystemContext<UserActor | MemberActor | KeyActor>> = {
  guards: [authenticateCaller],
  contextOf: (c) => callerContext(c, c.get("caller").actor),
  credentials: [BEARER, API_KEY],
  refusals: [401, 403, 429],
};

/** A client that acts in one tenant. */
const MEMBER: Audience<TenantCallEnv, CallContext> = {
  guards: [authenticateCaller, requireTenant],
  contextOf: (c) => c.get("member"),
  credentials: [BEARER, API_KEY],
  refusals: [400, 401, 403, 429],
};

/** A resource that needs no access token. */
export function publicResource(tag: string) {
  return new Resource(tag, ANYONE);
}

/** A resource of the person who calls. Guard an operation with `requireAccountToken` to reject tenant tokens. */
export function personResource(tag: string) {
  return new Resource(tag, PERSON);
}

/** A resource of the caller, who may also be a program with an API key. */
export function callerResource(tag: string) {
  return new Resource(tag, CALLER);
}

/** A resource of the tenant that the request names. */
export function tenantResource(tag: string) {
  return new Resource(tag, MEMBER);
}

function callerContext<Who extends UserActor | MemberActor | KeyActor>(
  c: Context<CallerEnv>,
  actor: Who,
): SystemContext<Who> {
  const { ipAddress } = c.get("device");
  return systemContext(c.get("services"), actor, c.get("requestId"), ipAddress);
}
