import { createHmac } from "node:crypto";
import { v7, validate, version } from "uuid";
import { after, DAY } from "./clock.ts";

/** After this long, a form that is sent again counts as a new one. */
const FORM_KEY_AGE = DAY;
const TIMESTAMP_LETTERS = 12;

/** Names one rendering of a form. A form that is sent twice carries the same key twice. */
export type FormKey = { text: string; renderedAt: Date };

/** The key of a form that is rendered now: a UUIDv7, which holds the moment. */
export function newFormKey(now: Date): string {
  return v7({ msecs: now.getTime() });
}

/** The key that a form was sent with; null where there is none, or it is more than a day old. */
export function readFormKey(text: string | undefined, now: Date): FormKey | null {
  if (!text || !validate(text) || version(text) !== 7) return null;
  const renderedAt = new Date(parseInt(text.replaceAll("-", "").slice(0, TIMESTAMP_LETTERS), 16));
  return renderedAt > now || after(renderedAt, FORM_KEY_AGE) < now ? null : { text, renderedAt };
}

/**
 * The id of the row that a form creates: the same for the same key and content, another for any other. `content` names
 * what is created, by whom and where. Nobody can choose an id without knowing `secret`.
 */
export function idOfForm({ text, renderedAt }: FormKey, content: unknown, secret: string): string {
  const random = createHmac("sha256", secret).update(JSON.stringify(["form", text, content])).digest();
  return v7({ msecs: renderedAt.getTime(), random });
}
