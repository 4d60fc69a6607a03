import { type Context, Hono } from "hono";
import { systemActor } from "../../src/access/actor.ts";
import { systemContext } from "../../src/context.ts";
import { EMAIL_CATEGORIES } from "../../src/email/categories.ts";
import {
  changeEmailPreferences,
  type EmailPreferences,
  getEmailPreferences,
  readUnsubscribeToken,
} from "../../src/email/preferences.ts";
import { notFound } from "../../src/errors.ts";
import { findUserById } from "../../src/identity/users.ts";
import { UnsubscribePage } from "../../views/pages/unsubscribe_page.tsx";
import { type Fields, type HttpEnv, readForm } from "../http.ts";
import { page } from "../page.tsx";

const TITLE = "Unsubscribe";

/** Where the links at the end of emails lead. Their token alone gives the right to choose, without signing in. */
export const unsubscribe = new Hono<HttpEnv>();

unsubscribe.get("/:token", async (c) => {
  const { link, ctx, userId } = await openLink(c, c.req.param("token"));
  const preferences = await getEmailPreferences(ctx, userId);
  return await page(c, { title: TITLE, body: <UnsubscribePage {...link} preferences={preferences} /> });
});

/** `List-Unsubscribe=One-Click` by an email program, `unsubscribe` by the button, else the whole list of choices. */
unsubscribe.post("/:token", async (c) => {
  const { link, ctx, userId } = await openLink(c, c.req.param("token"));
  const fields = await readForm(c);
  const changes = "choices" in fields ? readChoices(fields) : { [link.category]: false };
  const preferences = await changeEmailPreferences(ctx, userId, changes);
  return await page(c, {
    title: TITLE,
    body: <UnsubscribePage {...link} preferences={preferences} isSaved />,
  });
});

async function openLink(c: Context<HttpEnv>, token: string) {
  const services = c.get("services");
  const opened = readUnsubscribeToken(services, token);
  if (!opened) throw notFound("This link");
  const { userId, category } = opened;
  const ctx = systemContext(services, systemActor("Unsubscribe link"), c.get("requestId"));
  const user = await findUserById(ctx.control, userId);
  if (!user) throw notFound("This link");
  return { ctx, userId, link: { token, category, address: masked(user.email) } };
}

/** The fields of a form of checkboxes: a browser sends only those that are checked. */
export function readChoices(fields: Fields): EmailPreferences {
  return Object.fromEntries(
    EMAIL_CATEGORIES.map((category) => [category, fields[category] === "on"]),
  ) as EmailPreferences;
}

/** An email may have been forwarded: people recognize their own address, and others don't learn it. */
function masked(email: string): string {
  return email.replace(/^(.)[^@]*/, "$1•••");
}
