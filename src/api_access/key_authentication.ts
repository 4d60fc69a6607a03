import { and, eq } from "drizzle-orm";
import { apiKeys, apiKeySecrets } from "../../db/control/schema/api_keys.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { users } from "../../db/control/schema/users.ts";
import { keyActor } from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { forbidden, unauthenticated } from "../errors.ts";
import type { KeyBearer, StoredKey } from "../identity/credentials.ts";
import { hasFactorsOf } from "../identity/factors.ts";
import { SIGN_INS } from "../identity/sign_in_caches.ts";
import { type AddressRange, isInRanges, parseAddressRange } from "../platform/address_ranges.ts";
import { sha256, type Sha256Hex } from "../platform/crypto.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Services } from "../ports.ts";
import { isKeySecret } from "./key_secret.ts";
import { KEY_USAGE } from "./key_usage.ts";

const KEY_MALFORMED = problem("api_key_malformed", "The API key is incomplete or has a typo.");
const KEY_REFUSED = problem("api_key_refused", "The API key is not valid, or was revoked.");
const KEY_EXPIRED = problem("api_key_expired", "The API key has expired.");
const ADDRESS_REFUSED = problem(
  "api_key_address_refused",
  "This API key can't be used from your IP address, {address}.",
);

const log = logOf("security");

/**
 * The bearer of an API key. A text without a right checksum costs no query. Throws `unauthenticated` for a key that is unknown,
 * revoked or expired, or whose creator left the tenant, and `forbidden` outside of its allowed addresses, or if one of them is
 * unreadable: a dropped range could mean that any address is allowed.
 */
export async function authenticateKey(
  services: Services,
  secret: string,
  ipAddress: string,
): Promise<KeyBearer> {
  if (!isKeySecret(secret)) throw unauthenticated(KEY_MALFORMED);
  const hash = sha256(secret);
  const { found } = await services.use(SIGN_INS).keys.getOrLoad(hash, async () => ({
    found: await loadKey(services, hash),
  }));
  if (!found) throw unauthenticated(KEY_REFUSED);
  const { bearer, allowedIps } = found;
  if (hasExpired(services, found)) throw unauthenticated(KEY_EXPIRED);
  const { id: keyId } = bearer.actor.key;
  if (!isAllowed(ipAddress, allowedIps)) {
    const reason = allowedIps ? "another address" : "an address while its allowed ranges are unreadable";
    log.warn(`API key used from ${reason}`, { tenantId: bearer.tenantId, keyId, ipAddress });
    throw forbidden(ADDRESS_REFUSED.with({ address: ipAddress }));
  }
  services.use(KEY_USAGE).used(keyId);
  return bearer;
}

function isAllowed(ipAddress: string, allowedIps: StoredKey["allowedIps"]): boolean {
  if (!allowedIps) return false;
  return allowedIps.length === 0 || isInRanges(ipAddress, allowedIps);
}

function hasExpired({ clock }: Services, { expiresAt, secretExpiresAt }: StoredKey): boolean {
  const now = clock.now();
  return [expiresAt, secretExpiresAt].some((end) => end !== null && end <= now);
}

/** The creator's role is read with the key, so that the key never has more than its creator has now. */
async function loadKey({ db }: Services, hash: Sha256Hex): Promise<StoredKey | null> {
  const [row] = await db.control.select({
    key: apiKeys,
    secretExpiresAt: apiKeySecrets.expiresAt,
    creator: { id: users.id, name: users.name, email: users.email },
    ...ROLE_FIELDS,
    hasFactor: hasFactorsOf(apiKeys.createdBy),
  }).from(apiKeySecrets)
    .innerJoin(apiKeys, eq(apiKeys.id, apiKeySecrets.keyId))
    .innerJoin(
      memberships,
      and(eq(memberships.tenantId, apiKeys.tenantId), eq(memberships.userId, apiKeys.createdBy)),
    )
    .innerJoin(users, eq(users.id, apiKeys.createdBy))
    .leftJoin(roles, ON_CUSTOM_ROLE)
    .where(eq(apiKeySecrets.hash, hash));
  if (!row) return null;
  const { tenantId, requestsPerMinute, expiresAt, allowedIps, ...key } = row.key;
  const actor = keyActor(row.creator, tenantId, toRole(row), key);
  return {
    bearer: { scope: "tenant", tenantId, actor, hasFactor: row.hasFactor, requestsPerMinute },
    allowedIps: readRanges(allowedIps),
    expiresAt,
    secretExpiresAt: row.secretExpiresAt,
  };
}

/** Returns null if one of them is unreadable. */
function readRanges(texts: readonly string[]): AddressRange[] | null {
  const ranges = texts.map(parseAddressRange);
  return ranges.every((range) => range !== null) ? ranges : null;
}
