import type { Context } from "hono";
import { type FormKey, idOfForm, readFormKey } from "../src/platform/form_keys.ts";
import type { HttpEnv } from "./http.ts";

/** The key that a form was sent with. Null if a program sent the form or its page is more than a day old. */
export function formKeyOf<Env extends HttpEnv>(
  c: Context<Env>,
  form: Record<string, string>,
): FormKey | null {
  return readFormKey(form.form_key, c.get("services").clock.now());
}

/** The id of the record that a form creates. A repeated form gets the same id; a form without a key gets undefined. */
export function idFromForm<Env extends HttpEnv>(
  c: Context<Env>,
  what: string,
  form: Record<string, string>,
): string | undefined {
  const key = formKeyOf(c, form);
  if (!key) return undefined;
  const fields = Object.entries(form).toSorted(([one], [other]) => one < other ? -1 : 1);
  const content = [what, c.get("target")?.id, c.get("userId"), fields];
  return idOfForm(key, content, c.get("services").config.appSecret);
}
