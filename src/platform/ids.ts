import { v7, validate } from "uuid";
import { z } from "zod";
import { sha256 } from "./crypto.ts";

/** The digits of a SHA-256 that a UUID has room for. Version and variant replace two. */
const HASH_PARTS = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/;

export const ID_LENGTH = 36; // RFC 9562, section 4

let makeId = (at?: Date): string => at ? v7({ msecs: at.getTime() }) : v7();

/** A new UUIDv7 (RFC 9562). These ids sort by creation time. */
export function newId<Id extends string = string>(): Id {
  return makeId() as Id;
}

/** A new UUIDv7 with this time. */
export function newIdAt(at: Date): string {
  return makeId(at);
}

/**
 * Until the returned function is called, the ids of this process follow from the clock and their number, so that demo data has the
 * same ids each time. Never where ids must be hard to guess.
 */
export function countIds(clock: { now(): Date }): () => void {
  const random = makeId;
  let count = 0;
  makeId = (at = clock.now()) => v7({ msecs: at.getTime(), seq: count++, random: new Uint8Array(16) });
  return () => makeId = random;
}

/** The time in a UUIDv7, to the millisecond. Of any other UUID, some time between 1970 and 10889. */
export function timeOfId(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The UUID that a text is, or one made of the text's SHA-256 (UUIDv8, RFC 9562), which is always the same. */
export function idOfText(text: string): string {
  if (validate(text)) return text.toLowerCase();
  const [, first, second, third, fourth, last] = HASH_PARTS.exec(sha256(text))!;
  return `${first}-${second}-8${third}-a${fourth}-${last}`;
}

/** Whether `text` is a UUID of any version. Callers treat any other text like an unknown id. */
export function isId<Id extends string = string>(text: string): text is Id {
  return validate(text);
}

/** The Zod schema of an id in a payload. */
export function idSchema<Id extends string>() {
  return z.custom<Id>((value) => typeof value === "string" && isId(value));
}
