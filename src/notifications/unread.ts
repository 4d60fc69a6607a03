import type { UserId } from "../access/actor.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { part } from "../ports.ts";

const CACHED_PEOPLE = 20_000;
const CACHED_WORKSPACES = 100;
const MAX_AGE = 5 * SECOND;

/** How many notifications are unread, and the version of the feed in which they are. */
export type Unread = { count: number; version: number };

/** How many unread notifications people have in a workspace: in other processes' view, at most five seconds old. */
export class UnreadCounts {
  /** Each person's counts by tenant, so that forgetting a person doesn't look at the others. */
  readonly #people = new MemoryCache<MemoryCache<Unread>>({ capacity: CACHED_PEOPLE, ttl: MAX_AGE });

  async get(tenantId: string, userId: UserId, load: () => Promise<Unread>): Promise<Unread> {
    const counts = this.#people.get(userId) ?? this.#add(userId);
    return await counts.getOrLoad(tenantId, load);
  }

  #add(userId: UserId): MemoryCache<Unread> {
    const counts = new MemoryCache<Unread>({ capacity: CACHED_WORKSPACES, ttl: MAX_AGE });
    this.#people.set(userId, counts);
    return counts;
  }

  forget(people: readonly UserId[]): void {
    for (const userId of people) this.#people.delete(userId);
  }
}

export const UNREAD = part("unread notifications", () => new UnreadCounts());
