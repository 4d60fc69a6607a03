import { createHash } from "node:crypto";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { shorten } from "../platform/shorten.ts";
import { oneLine } from "../platform/text.ts";
import type { Services } from "../ports.ts";

const PURPOSE = "push message";

/** What every push service accepts (RFC 8291, section 4: 4,096 bytes of ciphertext), with a reserve of 17 bytes for padding. */
export const MAX_CONTENT_BYTES = 3_993;
const MAX_TITLE_BYTES = 400;
const MAX_STORED_BODY_CHARACTERS = 4_000;
const MAX_PATH_LENGTH = 1_000;
const MAX_TAG_LENGTH = 64;
/** RFC 8030, section 5.4. */
const TOPIC_LENGTH = 32;

/** A notification for a person's browsers. */
export type PushMessage = {
  title: string;
  /** Cut where the message would be too long. */
  body: string;
  /** The page that it opens: a path in the workspace. */
  path: string;
  /** A new message replaces an older one with the same tag. At most 64 characters. */
  tag: string;
  /** How many unread notifications the installed app shows. */
  badge?: number;
};

const utf8 = new TextEncoder();

/** The message as it waits in the queue, which shows nobody what it says. Throws if its path or tag doesn't fit. */
export function sealMessage({ config }: Pick<Services, "config">, message: PushMessage): string {
  const { path, tag, body } = message;
  if (!path.startsWith("/") || path.startsWith("//") || path.length > MAX_PATH_LENGTH) {
    throw new RangeError(`A push message opens a path of at most ${MAX_PATH_LENGTH} characters.`);
  }
  if (tag.length > MAX_TAG_LENGTH) throw new RangeError(`A tag has at most ${MAX_TAG_LENGTH} characters.`);
  const stored = { ...message, body: shorten(body, MAX_STORED_BODY_CHARACTERS, ({ length }) => length) };
  return encrypt(JSON.stringify(stored), config.appSecret, PURPOSE);
}

export function openMessage({ config }: Pick<Services, "config">, sealed: string): PushMessage {
  return JSON.parse(decrypt(sealed, config.appSecrets, PURPOSE));
}

/**
 * The content for the service worker: `{ title, body, url, tag, badge }` as JSON, of at most 3,993 bytes. `url` is the path, or its
 * address if the browser isn't on the workspace's own host.
 */
export function contentOf(
  { title, body, path, tag, badge }: PushMessage,
  workspaceUrl: string | null,
): string {
  const fixed = {
    title: shorten(oneLine(title), MAX_TITLE_BYTES, jsonBytes),
    url: workspaceUrl === null ? path : new URL(path, workspaceUrl).href,
    tag,
    badge,
  };
  const room = MAX_CONTENT_BYTES - utf8.encode(JSON.stringify({ ...fixed, body: "" })).length;
  return JSON.stringify({ ...fixed, body: shorten(body, room, jsonBytes) });
}

/** Replaces an older message with the same tag that still waits at the push service. */
export function topicOf(tenantId: string, tag: string): string {
  return createHash("sha256").update(`${tenantId} ${tag}`).digest("base64url").slice(0, TOPIC_LENGTH);
}

/** The bytes of a text within JSON, without its quotes. */
function jsonBytes(text: string): number {
  return utf8.encode(JSON.stringify(text)).length - 2;
}
