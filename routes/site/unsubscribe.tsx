import { Hono } from "hono";
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
import { UnsubscribePage, type UnsubscribePageProps } from "../../views/pages/unsubscribe_page.tsx";
import { type AppContext, type AppEnv, readForm } from "../http.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";
import { systemActor } from "../../src/access/actor.ts";

/**
 * Where the links at the end of mails lead. Whoever holds one may choose, signed in or not, and from wherever their mail
 * program asks (RFC 8058); so this stands before the check of where a request comes from.
 */
export const unsubscribePages = new Hono<AppEnv>();

unsubscribePages.get("/unsubscribe/:token", apexOnly, async (c) => {
  const { page, ctx, userId } = await openLink(c);
  return render(c, <UnsubscribePage {...page} preferences={await getEmailPreferences(ctx, userId)} />);
});

/** `List-Unsubscribe=One-Click` by a mail program, `unsubscribe` by the button, else the whole list of choices. */
unsubscribePages.post("/unsubscribe/:token", apexOnly, async (c) => {
  const { page, ctx, userId } = await openLink(c);
  const form = await readForm(c);
  const changes = "choices" in form ? readChoices(form) : { [page.category]: false };
  const preferences = await changeEmailPreferences(ctx, userId, changes);
  return render(c, <UnsubscribePage {...page} preferences={preferences} isSaved />);
});

/** A link that isn't ours opens no context: only its token gives the right to act for someone who isn't signed in. */
async function openLink(c: AppContext) {
  const token = c.req.param("token")!;
  const services = c.get("services");
  const link = readUnsubscribeToken(services, token);
  if (!link) throw notFound("This link");
  const ctx = systemContext(services, systemActor("Unsubscribe link"), c.get("requestId"));
  const user = await findUserById(ctx.control, link.userId);
  if (!user) throw notFound("This link");
  const page: Omit<UnsubscribePageProps, "preferences"> = {
    token,
    category: link.category,
    address: masked(user.email),
  };
  return { ctx, userId: link.userId, page };
}

/** The fields of a form of checkboxes: one that isn't sent is not ticked. */
export function readChoices(form: Record<string, string>): EmailPreferences {
  return Object.fromEntries(
    EMAIL_CATEGORIES.map((category) => [category, form[category] === "on"]),
  ) as EmailPreferences;
}

/** A mail may have been passed on: its holder sees enough to know the address by, if it is theirs. */
function masked(email: string): string {
  return email.replace(/^(.)[^@]*/, "$1•••");
}
