import { authenticateKey } from "../../src/api_access/key_authentication.ts";
import { looksLikeKey } from "../../src/api_access/key_secret.ts";
import { requirePerson } from "../../src/access/authorize.ts";
import { unauthenticated } from "../../src/errors.ts";
import { authenticateBearer } from "../../src/identity/bearers.ts";
import type { Bearer, Caller } from "../../src/identity/credentials.ts";
import { problem } from "../../src/platform/problem.ts";
import type { CallerContext } from "./env.ts";

const CREDENTIALS_MISSING = problem(
  "token_missing",
  "Send an access token, Authorization: Bearer <token>, or an API key, X-API-Key: <key>.",
);
const SEVERAL_CREDENTIALS = problem(
  "several_credentials",
  "Send either an access token or an API key, not both.",
);

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/**
 * The caller of a request: with an access token, or with an API key in `X-API-Key` or as a bearer token. Throws `unauthenticated`,
 * or `forbidden` for a key that is used from another address.
 */
export async function readCaller(c: CallerContext): Promise<Caller> {
  const services = c.get("services");
  const authorization = c.req.header("Authorization");
  const token = BEARER.exec(authorization ?? "")?.[1];
  const key = c.req.header("X-API-Key");
  if (key !== undefined && authorization !== undefined) throw unauthenticated(SEVERAL_CREDENTIALS);
  const secret = key ?? (token && looksLikeKey(token) ? token : undefined);
  if (secret !== undefined) return await authenticateKey(services, secret, c.get("device").ipAddress);
  if (!token) throw unauthenticated(CREDENTIALS_MISSING);
  return await authenticateBearer(services, token);
}

/** Whose id the log names: the caller's, or that of the member who created the caller's key. */
export function personIdOf({ actor }: Caller) {
  return actor.type === "key" ? actor.creator.id : actor.id;
}

/** The person who calls, with an access token. Throws `forbidden` for an API key. */
export function bearerOf(c: CallerContext): Bearer {
  const caller = c.get("caller");
  requirePerson(caller.actor);
  return caller as Bearer;
}
