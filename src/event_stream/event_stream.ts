import { can } from "../access/authorize.ts";
import type { CallContext } from "../context.ts";
import { type Client, OPEN_STREAMS, type OpenStream } from "./open_streams.ts";
import { findStart } from "./published_events.ts";

/** A stream that has started. */
export type StartedStream = {
  /** Whether the client missed events that can't be sent any more. */
  isReset: boolean;
  /** The last event that was sent, or that the actor may not read. */
  position(): string;
  /** Stops sending. Call it when the client is gone, or may no longer read. */
  stop(): void;
};

/**
 * Sends the tenant's events to a client as they are committed: those after `lastEventId`, or new ones. Every member may open a
 * stream, and gets the events that their permissions include at the start. Throws `rate_limited` or `unavailable`.
 */
export async function startEventStream(
  ctx: CallContext,
  lastEventId: string | undefined,
  client: Client,
): Promise<StartedStream> {
  const { services, tenant, actor } = ctx;
  const { after, isReset } = await findStart(services.db.control, tenant.id, lastEventId);
  const stream: OpenStream = {
    tenantId: tenant.id,
    after,
    actorId: actor.type === "key" ? actor.key.id : actor.id,
    mayRead: ({ permission }) => permission === null || can(ctx, permission),
    client,
  };
  const streams = services.use(OPEN_STREAMS);
  streams.open(stream, tenant.plan);
  return { isReset, position: () => stream.after, stop: () => streams.remove(stream) };
}
