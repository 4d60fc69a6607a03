import { Buffer } from "node:buffer";
import { z } from "zod";
import { invalid } from "../errors.ts";
import { sha256 } from "./crypto.ts";
import { problem } from "./problem.ts";

const FOREIGN_CURSOR = problem("foreign_cursor", "This cursor belongs to another list, order or filter.");

const BINDING_LENGTH = 12;

/** The place of a page in a list: the rows after or before a row. `key` is the row's value of the sort key. */
export type Cursor = { side: CursorSide; key: string; id: string };
export type CursorSide = "after" | "before";

/** Most cursors point forward, so only the others name their side. */
const cursorParts = z.union([
  z.tuple([z.string(), z.string(), z.uuid()]),
  z.tuple([z.string(), z.string(), z.uuid(), z.literal("before")]),
]);

/** Encodes a cursor. It works only with the list, order, and filters that `boundTo` names. */
export function writeCursor({ side, key, id }: Cursor, boundTo: unknown): string {
  const parts = [bindingOf(boundTo), key, id, ...(side === "before" ? [side] : [])];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Decodes a cursor that `writeCursor` wrote. Throws `invalid` on the field `cursor` for any other text. */
export function readCursor(cursor: string, boundTo: unknown, isKey: (key: string) => boolean): Cursor {
  const parts = cursorParts.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!parts.success) throw foreignCursor();
  const [binding, key, id, side = "after"] = parts.data;
  if (binding !== bindingOf(boundTo) || !isKey(key)) throw foreignCursor();
  return { side, key, id };
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
