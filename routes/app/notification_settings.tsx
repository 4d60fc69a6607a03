import { Hono } from "hono";
import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { NotificationSettingsPage } from "../../views/pages/settings/notification_settings_page.tsx";
import { sendFlash } from "../flash.ts";
import { type AppEnv, readForm, redirect, systemContextOf, tenantContextOf } from "../http.ts";
import { render } from "../render.tsx";
import { readChoices } from "../site/unsubscribe.tsx";
import { shellOf } from "./viewer.ts";

/** What a member wants to be told, and how. */
export const notificationSettingsPages = new Hono<AppEnv>();

notificationSettingsPages.get("/settings/notifications", async (c) => {
  const { actor } = tenantContextOf(c);
  const preferences = await getEmailPreferences(systemContextOf(c), actor.id);
  return render(c, <NotificationSettingsPage {...shellOf(c)} preferences={preferences} />);
});

notificationSettingsPages.post("/settings/notifications", async (c) => {
  const { actor } = tenantContextOf(c);
  await changeEmailPreferences(systemContextOf(c), actor.id, readChoices(await readForm(c)));
  sendFlash(c, { kind: "success", text: "Your choices are saved." });
  return redirect(c, "/settings/notifications");
});
