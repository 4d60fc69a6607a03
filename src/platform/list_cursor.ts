import { Buffer } from "node:buffer";
import { z } from "zod";
import { invalid } from "../errors.ts";
import { sha256 } from "./crypto.ts";
import { problem } from "./problem.ts";

const FOREIGN_CURSOR = problem("foreign_cursor", "This cursor belongs to another list, order or filter.");

const BINDING_LENGTH = 12;

/** The position of a row in a list: the value of its sort key, and its id. */
export type Position = { key: string; id: string };

const cursorParts = z.tuple([z.string(), z.string(), z.uuid()]);

/** Encodes a position as a cursor. The cursor works only with the list, order, and filters that `boundTo` names. */
export function writeCursor({ key, id }: Position, boundTo: unknown): string {
  return Buffer.from(JSON.stringify([bindingOf(boundTo), key, id])).toString("base64url");
}

/** Decodes a cursor that `writeCursor` wrote. Throws `invalid` on the field `cursor` for any other text. */
export function readCursor(cursor: string, boundTo: unknown, isKey: (key: string) => boolean): Position {
  const parts = cursorParts.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!parts.success) throw foreignCursor();
  const [binding, key, id] = parts.data;
  if (binding !== bindingOf(boundTo) || !isKey(key)) throw foreignCursor();
  return { key, id };
}

function bindingOf(boundTo: unknown): string {
  return sha256(JSON.stringify(boundTo)).slice(0, BINDING_LENGTH);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function foreignCursor() {
  return invalid({ cursor: FOREIGN_CURSOR });
}
