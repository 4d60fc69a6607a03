import { createHmac } from "node:crypto";
import { v7, validate, version } from "uuid";
import { after, DAY } from "./clock.ts";

/** After this time, a repeated submission counts as a new one. */
const MAX_FORM_KEY_AGE = DAY;
const TIMESTAMP_LETTERS = 12;

/** Identifies one rendering of a form. If the form is submitted twice, both requests contain the same key. */
export type FormKey = { text: string; renderedAt: Date };

/** The key of a form that is rendered now: a UUIDv7, which contains the time. */
export function newFormKey(now: Date): string {
  return v7({ msecs: now.getTime() });
}

/** Parses the key of a submitted form. Returns null if there is no valid key, or it is more than a day old. */
export function readFormKey(text: string | undefined, now: Date): FormKey | null {
  if (!text || !validate(text) || version(text) !== 7) return null;
  const renderedAt = new Date(parseInt(text.replaceAll("-", "").slice(0, TIMESTAMP_LETTERS), 16));
  return renderedAt > now || after(renderedAt, MAX_FORM_KEY_AGE) < now ? null : { text, renderedAt };
}

/**
 * The id of the row that a form creates. The same key and content always give the same id, and anything else gives another id.
 * `content` names what is created, by whom, and where. Nobody can choose an id without knowing `secret`.
 */
export function idOfForm({ text, renderedAt }: FormKey, content: unknown, secret: string): string {
  const random = createHmac("sha256", secret).update(JSON.stringify(["form", text, content])).digest();
  return v7({ msecs: renderedAt.getTime(), random });
}
