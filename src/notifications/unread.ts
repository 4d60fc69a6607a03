import type { UserId } from "../access/actor.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { part } from "../ports.ts";

const CACHED_PEOPLE = 20_000;

/** How many notifications are unread, and the version of the feed in which they are. */
export type Unread = { count: number; version: number };

/** How many unread notifications people have in a workspace: in other processes' view, at most five seconds old. */
export class UnreadCounts {
  readonly #counts = new MemoryCache<Unread & { userId: UserId }>({
    capacity: CACHED_PEOPLE,
    ttl: 5 * SECOND,
  });

  async get(tenantId: string, userId: UserId, load: () => Promise<Unread>): Promise<Unread> {
    return await this.#counts.getOrLoad(`${tenantId} ${userId}`, async () => ({ userId, ...await load() }));
  }

  forget(people: readonly UserId[]): void {
    const gone = new Set(people);
    this.#counts.deleteWhere(({ userId }) => gone.has(userId));
  }
}

export const UNREAD = part("unread notifications", () => new UnreadCounts());
