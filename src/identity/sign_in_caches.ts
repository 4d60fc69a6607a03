import type { MemberActor, UserId } from "../access/actor.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { part } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import type { AccessTokenClaims, Bearer, Session, StoredKey } from "./credentials.ts";
import type { AvatarColor } from "./users.ts";

/** At most two workspaces of a user, which is enough to know whether there is exactly one. */
export type FirstWorkspaces = { userId: string; tenantIds: TenantId[] };

/** How pages name a member. */
export type MemberName = { id: UserId; name: string; avatarColor: AvatarColor | null };

const CAPACITY = 20_000;

/** A sign-out, a removed member, or a changed role takes up to this long to reach every process. */
const TTL = 5 * SECOND;

/** Sign-ins that this process caches, so that most requests authenticate without a query. */
export class SignInCaches {
  /** By SHA-256 of the session's token. */
  readonly sessions = new MemoryCache<Session | null>({ capacity: CAPACITY, ttl: TTL });
  /** Claims of verified tokens, by SHA-256 of the token. */
  readonly claims = new MemoryCache<AccessTokenClaims>({ capacity: CAPACITY, ttl: 60 * SECOND });
  /** By the family id that an access token contains. */
  readonly bearers = new MemoryCache<Bearer | null>({ capacity: CAPACITY, ttl: TTL });
  /** API keys by SHA-256 of a secret. `found` is null if no key has the secret. */
  readonly keys = new MemoryCache<{ found: StoredKey | null }>({ capacity: CAPACITY, ttl: TTL });
  /** The users of account tokens as members of a tenant, by tenant id and user id. */
  readonly members = new MemoryCache<MemberActor | null>({ capacity: CAPACITY, ttl: TTL });
  /** Null for someone who isn't a member, by tenant id and user id. */
  readonly memberNames = new MemoryCache<MemberName | null>({ capacity: CAPACITY, ttl: TTL });
  /** By tenant id. */
  readonly memberCounts = new MemoryCache<number>({ capacity: CAPACITY, ttl: TTL });
  /** By user id. */
  readonly firstWorkspaces = new MemoryCache<FirstWorkspaces>({ capacity: CAPACITY, ttl: TTL });

  /** Call after a commit that changes a user's credentials, sessions, or profile. */
  forgetUser(id: string): void {
    this.sessions.deleteWhere((session) => session?.userId === id || session?.actor.id === id);
    this.bearers.deleteWhere((bearer) => bearer?.actor.id === id);
    this.keys.deleteWhere(({ found }) => found?.bearer.actor.creator.id === id);
    this.members.deleteWhere((member) => member?.id === id);
    this.memberNames.deleteWhere((member) => member?.id === id);
    this.firstWorkspaces.delete(id);
  }

  /** Call after a commit that adds or removes a member. */
  forgetMember(tenantId: TenantId, userId: UserId): void {
    this.forgetUser(userId);
    this.memberNames.delete(memberKey(tenantId, userId));
    this.memberCounts.delete(tenantId);
  }

  /** Call after a user gets another workspace. */
  forgetWorkspaces(userId: string): void {
    this.firstWorkspaces.delete(userId);
  }

  /** Call after a commit that rotates or revokes an API key. */
  forgetKey(id: string): void {
    this.keys.deleteWhere(({ found }) => found?.bearer.actor.key.id === id);
  }

  forgetTenant(id: string): void {
    this.sessions.deleteWhere((session) => session?.tenantId === id);
    this.bearers.deleteWhere((bearer) => bearer?.tenantId === id);
    this.keys.deleteWhere(({ found }) => found?.bearer.tenantId === id);
    this.members.deleteWhere((member) => member?.tenantId === id);
    this.firstWorkspaces.deleteWhere(({ tenantIds }) => tenantIds.some((tenantId) => tenantId === id));
  }
}

/** The key of a member in the caches of a tenant's members. */
export function memberKey(tenantId: TenantId, userId: UserId): string {
  return `${tenantId} ${userId}`;
}

export const SIGN_INS = part("sign-in caches", () => new SignInCaches(), {
  forgetTenant: (caches, id) => caches.forgetTenant(id),
});
