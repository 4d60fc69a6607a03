import { clearTimeout, setTimeout } from "node:timers";
import { sql } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import { controlHandle } from "../../db/connection/control_handle.ts";
import { sessions } from "../../db/control/schema/identity.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { notificationFeeds } from "../../db/control/schema/notifications.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { UserId } from "../access/actor.ts";
import { rateLimited, unavailable } from "../errors.ts";
import { idArray } from "../platform/array_literals.ts";
import { SECOND } from "../platform/clock.ts";
import { withDeadline } from "../platform/deadline.ts";
import { describeError, logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { part, type Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";

const TOO_MANY_OF_SESSION = problem(
  "too_many_live_feeds_of_session",
  "A browser can keep {limit} pages up to date at once. Close one first.",
);
const TOO_MANY_OF_ADDRESS = problem(
  "too_many_live_feeds_of_address",
  "A network can keep {limit} pages up to date at once.",
);
const STOPPING = problem("live_feeds_stopping", "The server is restarting. Connect again.");

/** How many open pages of a session, of a network, and in all a process keeps up to date. */
const OF_SESSION = 20;
const OF_ADDRESS = 500;
const OF_PROCESS = 4_000;
const RETRY_SECONDS = 30;
const RESTART_SECONDS = 2;

/** Together, a page learns that it has lost access within five seconds. If the check can't be made in its time, it ends as well. */
const CHECK_EVERY = 2 * SECOND;
const CHECK_TIME = 2 * SECOND;
/** Bounds how often many changes in a row cause a check. */
const CHECK_AFTER_WAKE = SECOND / 20;
/** Takes turns of its own in the batch pool, so that a slow report of the back office doesn't delay checks. */
const HOLDER = "live feeds";

/** The channel on which processes announce changed feeds. It has no payload: each process reads what changed. */
export const FEED_CHANGES = "denizen_feed_changes";

const log = logOf("notifications");

/** Why a feed was ended. */
export type EndReason = "stopping" | "signed_out" | "unchecked" | "misused";

/** The connection of a page. */
export type FeedClient = {
  /** Whether it has taken what it was sent. */
  isReady(): boolean;
  /** Says that the feed has changed, and to which version. */
  send(version: number): void;
  end(reason: EndReason): void;
};

/** A page that is kept up to date. `version` is the one that it shows. */
export type LiveFeed = {
  readonly sessionId: string;
  readonly userId: UserId;
  readonly tenantId: TenantId;
  readonly ipAddress: string;
  version: number;
  readonly client: FeedClient;
};

type Checked = { session_id: string; is_live: boolean; version: number };

/**
 * The open pages of this process that show notifications. One query every two seconds, and after each announced change, reads whether
 * their sessions are live and their feeds changed, however many pages there are. None runs while no page is open. A page only learns
 * that something changed, so a hint that is skipped loses nothing.
 */
export class LiveFeeds {
  readonly #services: Services;
  readonly #control: ControlDb;
  readonly #feeds = new Set<LiveFeed>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isChecking = false;
  #isWoken = false;
  #isClosed = false;

  constructor(services: Services) {
    this.#services = services;
    this.#control = controlHandle((work) => services.db.batch.controlPool.with(HOLDER, "transaction", work));
  }

  get count(): number {
    return this.#feeds.size;
  }

  /** Throws `rate_limited` if there are too many, or `unavailable` if the process is about to end. Call it before the feed is opened. */
  requireRoom({ sessionId, ipAddress }: Pick<LiveFeed, "sessionId" | "ipAddress">): void {
    if (this.#isClosed || this.#feeds.size >= OF_PROCESS) throw unavailable(STOPPING, RESTART_SECONDS);
    let [ofSession, ofAddress] = [0, 0];
    for (const feed of this.#feeds) {
      if (feed.sessionId === sessionId) ofSession++;
      if (feed.ipAddress === ipAddress) ofAddress++;
    }
    if (ofSession >= OF_SESSION) throw tooMany(TOO_MANY_OF_SESSION, OF_SESSION);
    if (ofAddress >= OF_ADDRESS) throw tooMany(TOO_MANY_OF_ADDRESS, OF_ADDRESS);
  }

  open(feed: LiveFeed): void {
    if (this.#isClosed) return feed.client.end("stopping");
    this.#feeds.add(feed);
    if (!this.#timer && !this.#isChecking) this.#checkIn(CHECK_AFTER_WAKE);
  }

  /** Call when the page is gone. */
  remove(feed: LiveFeed): void {
    this.#feeds.delete(feed);
    if (this.#feeds.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Checks soon, because a feed has changed or a session has ended. */
  wake(): void {
    if (this.#feeds.size === 0) return;
    if (this.#isChecking) this.#isWoken = true;
    else this.#checkIn(CHECK_AFTER_WAKE);
  }

  /** Ends the pages of a tenant. */
  endTenant(id: string): void {
    for (const feed of [...this.#feeds]) if (feed.tenantId === id) this.#end(feed, "signed_out");
  }

  /** Ends all pages' connections, and accepts no others. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const feed of [...this.#feeds]) this.#end(feed, "stopping");
    return Promise.resolve();
  }

  #end(feed: LiveFeed, reason: EndReason): void {
    this.remove(feed);
    feed.client.end(reason);
  }

  #checkIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), milliseconds);
  }

  async #check(): Promise<void> {
    this.#timer = undefined;
    this.#isChecking = true;
    this.#isWoken = false;
    const feeds = [...this.#feeds];
    try {
      const checked = await withDeadline(CHECK_TIME, () => this.#read(feeds));
      for (const feed of feeds) if (this.#feeds.has(feed)) this.#apply(feed, checked.get(feed.sessionId));
    } catch (error) {
      log.warn("could not check who is still signed in; open pages connect again", describeError(error));
      for (const feed of feeds) this.#end(feed, "unchecked");
    }
    this.#isChecking = false;
    if (this.#feeds.size > 0) this.#checkIn(this.#isWoken ? CHECK_AFTER_WAKE : CHECK_EVERY);
  }

  #apply(feed: LiveFeed, now: Checked | undefined): void {
    if (!now?.is_live) return this.#end(feed, "signed_out");
    if (now.version === feed.version || !feed.client.isReady()) return;
    feed.version = now.version;
    feed.client.send(now.version);
  }

  async #read(feeds: LiveFeed[]): Promise<Map<string, Checked>> {
    const distinct = [...new Map(feeds.map((feed) => [feed.sessionId, feed])).values()];
    const rows = await this.#control.execute<Checked>(sql`
      select place.session_id, coalesce(feed.version, 0)::float8 as version,
        session.id is not null and membership.id is not null and tenant.id is not null as is_live
      from unnest(${idArray(distinct.map(({ sessionId }) => sessionId))}::uuid[],
          ${idArray(distinct.map(({ userId }) => userId))}::uuid[],
          ${
      idArray(distinct.map(({ tenantId }) => tenantId))
    }::uuid[]) as place (session_id, user_id, tenant_id)
        left join ${sessions} session on session.id = place.session_id and session.user_id = place.user_id
          and session.tenant_id = place.tenant_id
          and session.expires_at > ${this.#services.clock.now().toISOString()}::timestamptz
        left join ${memberships} membership
          on membership.tenant_id = place.tenant_id and membership.user_id = place.user_id
        left join ${tenants} tenant on tenant.id = place.tenant_id and tenant.status = 'active'
        left join ${notificationFeeds} feed on feed.user_id = place.user_id`);
    return new Map(rows.map((row) => [row.session_id, row]));
  }
}

function tooMany(said: typeof TOO_MANY_OF_SESSION, limit: number) {
  return rateLimited(said.with({ limit }), RETRY_SECONDS, {
    policy: "live_feeds",
    quota: limit,
    window: null,
  });
}

export const LIVE_FEEDS = part("live feeds", (services) => new LiveFeeds(services), {
  forgetTenant: (feeds, id) => feeds.endTenant(id),
  close: (feeds) => feeds.close(),
});

/** Wakes this process when another changes a feed. Returns false if the database can't tell; then each finds changes by itself. */
export function listenForFeedChanges({ db, use }: Services): Promise<boolean> {
  return db.listen(FEED_CHANGES, () => use(LIVE_FEEDS).wake());
}

/** Tells this process immediately, and the others as far as the database can, that feeds have changed. Call it after the commit. */
export function announceFeedChange({ db, use }: Services): void {
  use(LIVE_FEEDS).wake();
  db.control.execute(sql`select pg_notify(${FEED_CHANGES}, '')`).catch((error) =>
    log.debug("could not announce a change; other processes find it within two seconds", describeError(error))
  );
}
