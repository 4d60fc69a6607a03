import type { Context } from "hono";
import { setTimeout } from "node:timers";
import { forbidden } from "../../src/errors.ts";
import {
  type EndReason,
  type FeedClient,
  LIVE_FEEDS,
  type LiveFeed,
} from "../../src/notifications/live_feeds.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { problem } from "../../src/platform/problem.ts";
import type { MemberEnv } from "../http.ts";
import { KILOBYTE } from "../middleware/body.ts";
import { requireOwnOrigin } from "../middleware/csrf.ts";
import type { ConnectionInfo } from "../server/connections.ts";
import { cutSocket } from "../server/resources.ts";
import { MemberPages } from "./member_pages.ts";

const VISITS_HAVE_NONE = problem("live_feed_of_visit", "Support visits don't show a person's notifications.");

/** Deno sends a ping this often, and gives the client as long to answer. */
const PING_SECONDS = 30;
const MAX_BUFFERED_BYTES = 64 * KILOBYTE;

/** How long a client has to answer that it is closed. */
const CUT_AFTER = SECOND / 2;

/** Codes of RFC 6455, and of our own from 4000: the browser doesn't connect again after `signed_out`. */
const CLOSE_CODES: Record<EndReason, number> = {
  stopping: 1001,
  unchecked: 1013,
  signed_out: 4401,
  misused: 1008,
};

/** Tells open pages that the person's notifications have changed. The page then asks for what it shows. */
const pages = new MemberPages();
export default pages;

pages.get("/ws/notifications", (c) => {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    return c.text("Connect with a WebSocket.", 426, { Upgrade: "websocket" });
  }
  requireOwnOrigin(c);
  const feed = feedOf(c);
  const feeds = c.get("services").use(LIVE_FEEDS);
  feeds.requireRoom(feed);
  const release = (c.env as ConnectionInfo | undefined)?.prepareRelease?.();
  const { socket, response } = Deno.upgradeWebSocket(c.get("incoming"), { idleTimeout: PING_SECONDS });
  const open: LiveFeed = { ...feed, client: new SocketClient(socket) };
  socket.onopen = () => {
    release?.();
    feeds.open(open);
  };
  socket.onclose = () => feeds.remove(open);
  socket.onerror = () => feeds.remove(open);
  socket.onmessage = () => open.client.end("misused"); // pages send nothing
  return response;
});

function feedOf(c: Context<MemberEnv>): Omit<LiveFeed, "client"> {
  const { id: sessionId, actor } = c.get("session");
  if (actor.type !== "member") throw forbidden(VISITS_HAVE_NONE);
  const version = Number(c.req.query("version"));
  return {
    sessionId,
    userId: actor.id,
    tenantId: c.get("tenant").id,
    ipAddress: c.get("device").ipAddress,
    version: Number.isSafeInteger(version) ? version : -1,
  };
}

class SocketClient implements FeedClient {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  isReady(): boolean {
    return this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  send(version: number): void {
    this.#socket.send(JSON.stringify({ type: "changed", version }));
  }

  end(reason: EndReason): void {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.close(CLOSE_CODES[reason]);
    setTimeout(() => socket.readyState === WebSocket.CLOSED || cutSocket(socket), CUT_AFTER);
  }
}
