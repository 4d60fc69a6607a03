import { type Context, Hono } from "hono";
import { systemActor, type UserId } from "../../src/access/actor.ts";
import { type SystemContext, systemContext } from "../../src/context.ts";
import {
  changeEmailPreferences,
  getEmailPreferences,
  readUnsubscribeToken,
} from "../../src/email/preferences.ts";
import { notFound } from "../../src/errors.ts";
import { findUserById } from "../../src/identity/users.ts";
import { problem } from "../../src/platform/problem.ts";
import { UnsubscribePage, type UnsubscribePageProps } from "../../views/pages/unsubscribe_page.tsx";
import { unsubscribeText } from "../../views/pages/unsubscribe_text.ts";
import { EMAIL_CATEGORIES, readChoices } from "../email_choices.ts";
import { type HttpEnv, readForm } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

const LINK_NOT_FOUND = problem("unsubscribe_link_not_found", "This link was not found.");

/** The pages behind unsubscribe links in emails. The link's token lets its holder choose without signing in. */
export const unsubscribe = new Hono<HttpEnv>();

unsubscribe.get("/:token", async (c) => {
  const { link, ctx, userId } = await openLink(c, c.req.param("token"));
  return await unsubscribePage(c, ctx, userId, link);
});

/** An email client sends `List-Unsubscribe=One-Click`, the button sends `unsubscribe`, and the form sends all choices. */
unsubscribe.post("/:token", async (c) => {
  const { link, ctx, userId } = await openLink(c, c.req.param("token"));
  const fields = await readForm(c);
  const changes = "choices" in fields ? readChoices(fields) : { [link.category.name]: false };
  await changeEmailPreferences(ctx, userId, changes);
  return await unsubscribePage(c, ctx, userId, link, true);
});

async function unsubscribePage(
  c: Context<HttpEnv>,
  ctx: SystemContext,
  userId: UserId,
  link: Pick<UnsubscribePageProps, "token" | "category" | "address">,
  isSaved = false,
) {
  const preferences = await getEmailPreferences(ctx, userId, EMAIL_CATEGORIES);
  const body = (
    <UnsubscribePage {...link} categories={EMAIL_CATEGORIES} preferences={preferences} isSaved={isSaved} />
  );
  return await page(c, { title: unsubscribeText.of(localeOf(c)).title, body });
}

async function openLink(c: Context<HttpEnv>, token: string) {
  const services = c.get("services");
  const opened = readUnsubscribeToken(services, token);
  const category = EMAIL_CATEGORIES.find(({ name }) => name === opened?.category);
  if (!opened || !category) throw notFound(LINK_NOT_FOUND);
  const { userId } = opened;
  const ctx = systemContext(
    services,
    systemActor("Unsubscribe link"),
    c.get("requestId"),
    c.get("device").ipAddress,
  );
  const user = await findUserById(ctx.control, userId);
  if (!user) throw notFound(LINK_NOT_FOUND);
  return { ctx, userId, link: { token, category, address: masked(user.email) } };
}

/** The email may have been forwarded. Its reader recognizes their own masked address, and others don't learn it. */
function masked(email: string): string {
  return email.replace(/^(.)[^@]*/, "$1•••");
}
