import type { MemberActor } from "../access/actor.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { part } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { AccessTokenClaims, Bearer, Session } from "./credentials.ts";

/** The workspaces of a person, two at most: enough to tell whether there is exactly one. */
export type FirstWorkspaces = { userId: string; tenantIds: TenantId[] };

const CAPACITY = 20_000;

/** How long a sign-out, a removed member or a changed role may take to reach every process. */
const TTL = 5 * SECOND;

/** What this process remembers of who is signed in, so that a request costs no query for it. */
export class SignInCaches {
  /** By SHA-256 of the session's token. */
  readonly sessions = new MemoryCache<Session | null>({ capacity: CAPACITY, ttl: TTL });
  /** Signatures that were checked, by SHA-256 of the token. */
  readonly claims = new MemoryCache<AccessTokenClaims>({ capacity: CAPACITY, ttl: 60 * SECOND });
  /** By family of refresh tokens, which an access token names. */
  readonly bearers = new MemoryCache<Bearer | null>({ capacity: CAPACITY, ttl: TTL });
  /** Who an account token's person is in a tenant, by both their ids. */
  readonly members = new MemoryCache<MemberActor | null>({ capacity: CAPACITY, ttl: TTL });
  /** By user. */
  readonly firstWorkspaces = new MemoryCache<FirstWorkspaces>({ capacity: CAPACITY, ttl: TTL });

  /** After a change of how they sign in, or of what a session tells of them, has been committed. */
  forgetUser(id: string): void {
    this.sessions.deleteWhere((session) => session?.actor.id === id);
    this.bearers.deleteWhere((bearer) => bearer?.actor.id === id);
    this.members.deleteWhere((member) => member?.id === id);
    this.firstWorkspaces.delete(id);
  }

  /** After someone has got a workspace more. */
  forgetWorkspaces(userId: string): void {
    this.firstWorkspaces.delete(userId);
  }

  forgetTenant(id: string): void {
    this.sessions.deleteWhere((session) => session?.tenantId === id);
    this.bearers.deleteWhere((bearer) => bearer?.tenantId === id);
    this.members.deleteWhere((member) => member?.tenantId === id);
    this.firstWorkspaces.deleteWhere(({ tenantIds }) => tenantIds.some((tenantId) => tenantId === id));
  }
}

/** The caches of this process. */
export const SIGN_INS = part("sign-in caches", () => new SignInCaches(), {
  forgetTenant: (caches, { id }) => caches.forgetTenant(id),
});
