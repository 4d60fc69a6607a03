import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { NotificationsPage } from "../../views/pages/account/notifications_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { EMAIL_CATEGORIES, readChoices } from "../email_choices.ts";
import { readForm, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

const PATH = "/account/notifications";

/** The emails that a person gets. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).notifications,
  href: PATH,
  position: 40,
});
export default pages;

pages.get(PATH, async (c) => {
  const text = accountText.of(localeOf(c));
  const { id } = c.get("session").actor;
  const preferences = await getEmailPreferences(systemContextOf(c), id, EMAIL_CATEGORIES);
  return await page(c, {
    title: text.notifications,
    trail: [{ label: text.account, href: "/account" }],
    body: <NotificationsPage categories={EMAIL_CATEGORIES} preferences={preferences} />,
  });
});

pages.post(PATH, async (c) => {
  const { id } = c.get("session").actor;
  await changeEmailPreferences(systemContextOf(c), id, readChoices(await readForm(c)));
  return await done(c, { to: PATH, flash: accountText.of(localeOf(c)).preferencesSaved });
});
