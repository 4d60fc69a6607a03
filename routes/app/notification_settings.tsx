import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { NotificationSettingsPage } from "../../views/pages/settings/notification_settings_page.tsx";
import { EMAIL_CATEGORIES, readChoices } from "../email_choices.ts";
import { readForm } from "../http.ts";
import { done, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** A member's email preferences. */
const pages = new MemberPages({
  label: "Notifications",
  href: "/settings/notifications",
  group: "account",
  position: 40,
});
export default pages;

pages.get("/settings/notifications", async (c) => {
  const { system, actor } = c.get("member");
  const preferences = await getEmailPreferences(system, actor.id, EMAIL_CATEGORIES);
  return await page(c, {
    title: "Notifications",
    body: <NotificationSettingsPage categories={EMAIL_CATEGORIES} preferences={preferences} />,
  });
});

pages.post("/settings/notifications", async (c) => {
  const { system, actor } = c.get("member");
  await changeEmailPreferences(system, actor.id, readChoices(await readForm(c)));
  return await done(c, { to: "/settings/notifications", flash: "Email preferences saved." });
});
