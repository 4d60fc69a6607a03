import type { Context } from "hono";
import { changeEmailPreferences, getEmailPreferences } from "../../src/email/preferences.ts";
import { TIME_ZONES } from "../../src/tenancy/time_zones.ts";
import { publicKeyOf } from "../../src/web_push/vapid.ts";
import {
  changeNotificationSettings,
  getNotificationSettings,
  type KindChoices,
  notificationTimesInput,
} from "../../src/notifications/choices.ts";
import type { NotificationTimes } from "../../src/notifications/times.ts";
import {
  NotificationsPage,
  type NotificationsPageProps,
} from "../../views/pages/account/notifications_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { EMAIL_CATEGORIES, readChoices } from "../email_choices.ts";
import { type AccountEnv, type Fields, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

const PATH = "/account/notifications";

/** Which notifications and emails a person gets, where, and when. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).notifications,
  href: PATH,
  position: 40,
});
export default pages;

pages.get(PATH, async (c) => await page(c, await notificationsPage(c)));

pages.post(PATH, async (c) => {
  const ctx = systemContextOf(c);
  const { id } = c.get("session").actor;
  return await form(c, {
    schema: notificationTimesInput,
    submit: async (times, { fields }) => {
      await changeNotificationSettings(
        ctx,
        id,
        times,
        (kind, channel) => fields[`${kind}.${channel}`] === "on",
      );
      await changeEmailPreferences(ctx, id, readChoices(fields));
    },
    done: () => ({ to: PATH, flash: accountText.of(localeOf(c)).preferencesSaved }),
    refused: (refused) => notificationsPage(c, refused),
  });
});

async function notificationsPage(c: Context<AccountEnv>, refused?: RefusedForm): Promise<Page> {
  const text = accountText.of(localeOf(c));
  const { id } = c.get("session").actor;
  const ctx = systemContextOf(c);
  // Only workspaces have a service worker.
  const [pushKey, preferences, settings] = await Promise.all([
    c.get("tenant") && publicKeyOf({ services: c.get("services") }),
    getEmailPreferences(ctx, id, EMAIL_CATEGORIES),
    getNotificationSettings(ctx, id),
  ]);
  const props: NotificationsPageProps = {
    categories: EMAIL_CATEGORIES,
    preferences: refused ? readChoices(refused.values) : preferences,
    kinds: settings.kinds.map(({ kind, choices }) => ({
      name: kind.name,
      label: kind.label,
      choices: refused ? typedChoices(kind.name, choices, refused.values) : choices,
    })),
    channels: settings.channels,
    times: refused ? typedTimes(refused.values) : shownTimes(settings.times),
    timeZones: TIME_ZONES,
    errors: refused?.errors,
    pushKey: pushKey ?? null,
  };
  return {
    title: text.notifications,
    trail: [{ label: text.account, href: "/account" }],
    body: <NotificationsPage {...props} />,
  };
}

/** A browser sends only the checked boxes. */
function typedChoices(kind: string, offered: KindChoices, fields: Fields): KindChoices {
  return Object.fromEntries(
    Object.keys(offered).map((channel) => [channel, fields[`${kind}.${channel}`] === "on"]),
  );
}

function typedTimes(fields: Fields): NotificationsPageProps["times"] {
  const { time_zone: timeZone = "UTC", quiet_from: quietFrom = "", quiet_until: quietUntil = "" } = fields;
  return { timeZone, quietFrom, quietUntil, isDigest: fields.is_digest === "on" };
}

function shownTimes({ timeZone, quiet, isDigest }: NotificationTimes): NotificationsPageProps["times"] {
  return { timeZone, quietFrom: clockTime(quiet?.from), quietUntil: clockTime(quiet?.until), isDigest };
}

/** Minutes since midnight as `<input type=time>` shows them. */
function clockTime(minutes: number | undefined): string {
  if (minutes === undefined) return "";
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}
