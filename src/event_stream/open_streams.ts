import { clearTimeout, setTimeout } from "node:timers";
import type { ControlDb } from "../../db/connection/connect.ts";
import { controlHandle } from "../../db/connection/control_handle.ts";
import type { PlanKey } from "../billing/plans.ts";
import { rateLimited, unavailable } from "../errors.ts";
import { SECOND } from "../platform/clock.ts";
import { describeError, logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { part, type Services } from "../ports.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import { PAGE_SIZE, type Position, readBehind } from "./published_events.ts";
import { readEvent, type StreamedEvent } from "./streamed_event.ts";

const TOO_MANY_STREAMS = problem(
  "too_many_event_streams",
  "Your plan allows {limit} open event streams at once. Close one first.",
);
const TOO_MANY_STREAMS_OF_ACTOR = problem(
  "too_many_event_streams_of_caller",
  "A person or an API key can keep {limit} event streams open at once. Close one first.",
);
const STOPPING = problem("event_streams_stopping", "The server is restarting. Connect again.");

/** How many streams of a tenant, and of each person or key in it, each process keeps open. */
const OF_TENANT: Readonly<Record<PlanKey, number>> = { starter: 10, team: 50, premium: 100, enterprise: 300 };
const OF_ACTOR = 10;
const RETRY_SECONDS = 10;
const RESTART_SECONDS = 2;

const POLL_EVERY = SECOND / 2;
/** Bounds what one query returns while many clients catch up. Usually, the streams of a tenant are all at one position. */
const POSITIONS_AT_ONCE = 100;
/** Takes turns of its own in the batch pool, so that a slow report of the back office doesn't delay events. */
const HOLDER = "event streams";

const log = logOf("events");

/** The connection of a client. */
export type Client = {
  /** Whether the client has taken what it was sent. */
  isReady(): boolean;
  send(event: StreamedEvent): void;
  end(): void;
};

/** A client that reads the events of a tenant. `after` moves on with each event, whether it was sent or not. */
export type OpenStream = Position & {
  readonly actorId: string;
  mayRead(event: StreamedEvent): boolean;
  readonly client: Client;
};

/**
 * The open event streams of this process. One query every half second reads the next events of up to 100 tenants, however many
 * streams they have, and none runs while no stream is open. A client that reads too slowly is skipped until it has caught up, so
 * memory holds one page per client at most.
 */
export class OpenStreams {
  readonly #services: Services;
  readonly #control: ControlDb;
  readonly #streams = new Set<OpenStream>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #isClosed = false;

  constructor(services: Services) {
    this.#services = services;
    this.#control = controlHandle((work) => services.db.batch.controlPool.with(HOLDER, "transaction", work));
    services.metrics.onScrape(() => services.metrics.setEventStreams(this.#streams.size));
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Throws `rate_limited` if the tenant or the actor has too many streams, or `unavailable` if the process is about to end. */
  open(stream: OpenStream, plan: PlanKey): void {
    if (this.#isClosed) throw unavailable(STOPPING, RESTART_SECONDS);
    const ofTenant = [...this.#streams].filter(({ tenantId }) => tenantId === stream.tenantId);
    const ofActor = ofTenant.filter(({ actorId }) => actorId === stream.actorId);
    const refused = [
      { said: TOO_MANY_STREAMS_OF_ACTOR, limit: OF_ACTOR, open: ofActor.length },
      { said: TOO_MANY_STREAMS, limit: OF_TENANT[plan], open: ofTenant.length },
    ].find(({ limit, open }) => open >= limit);
    if (refused) {
      this.#services.metrics.rateLimited(plan);
      const { said, limit } = refused;
      throw rateLimited(said.with({ limit }), RETRY_SECONDS, {
        policy: "event_streams",
        quota: limit,
        window: null,
      });
    }
    this.#streams.add(stream);
    if (!this.#timer && !this.#isReading) this.#readIn(0);
  }

  /** Call when the client is gone. */
  remove(stream: OpenStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends the streams of a tenant. */
  endTenant(id: string): void {
    for (const stream of [...this.#streams]) if (stream.tenantId === id) this.#end(stream);
  }

  /** Ends all streams, and opens no others. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const stream of [...this.#streams]) this.#end(stream);
    return Promise.resolve();
  }

  #end(stream: OpenStream): void {
    this.remove(stream);
    stream.client.end();
  }

  #readIn(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#readNext(), milliseconds);
  }

  async #readNext(): Promise<void> {
    this.#timer = undefined;
    this.#isReading = true;
    const isMore = await this.#read().catch((error) => {
      log.warn("event streams could not read events and will try again", describeError(error));
      return false;
    });
    this.#isReading = false;
    if (this.#streams.size > 0) this.#readIn(isMore ? 0 : POLL_EVERY);
  }

  /** Reads a page for each position, and sends it to the streams there. Returns whether a page was full. */
  async #read(): Promise<boolean> {
    const ready = [...this.#streams].filter(({ client }) => client.isReady());
    const places = [...Map.groupBy(ready, keyOf).values()];
    let isMore = false;
    for (let start = 0; start < places.length; start += POSITIONS_AT_ONCE) {
      const isFull = await this.#readPages(places.slice(start, start + POSITIONS_AT_ONCE));
      isMore ||= isFull;
    }
    return isMore;
  }

  /** The streams of each place are at the same position. */
  async #readPages(places: OpenStream[][]): Promise<boolean> {
    const streams = new Map(places.map((place) => [keyOf(place[0]!), place]));
    const pages = Map.groupBy(await readBehind(this.#control, places.map(([first]) => first!)), keyOf);
    for (const [key, page] of pages) {
      const events = page.map((stored) => readEvent(this.#services, stored));
      for (const stream of streams.get(key)!) {
        for (const event of events) this.#pass(stream, event);
        stream.after = page.at(-1)!.id;
      }
    }
    return [...pages.values()].some(({ length }) => length === PAGE_SIZE);
  }

  #pass(stream: OpenStream, event: StreamedEvent | null): void {
    if (event && this.#streams.has(stream) && stream.mayRead(event)) stream.client.send(event);
  }
}

function keyOf({ tenantId, after }: { tenantId: TenantId; after: string }): string {
  return `${tenantId} ${after}`;
}

export const OPEN_STREAMS = part("event streams", (services) => new OpenStreams(services), {
  forgetTenant: (streams, id) => streams.endTenant(id),
  close: (streams) => streams.close(),
});
