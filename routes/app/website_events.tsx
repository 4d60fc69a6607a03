import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import {
  type AnalyticsSource,
  findSource,
  replaceKey,
  saveWebsites,
  sourceInput,
} from "../../src/analytics/collect/source.ts";
import { ANALYTICS_MANAGE } from "../../src/analytics/permissions.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { settingsText } from "../../views/pages/settings/text.ts";
import { websiteEventsText } from "../../views/pages/website_events/text.ts";
import {
  ReplaceKeyPage,
  WEBSITE_EVENTS_PATH as PATH,
  WebsiteEventsPage,
} from "../../views/pages/website_events/website_events_page.tsx";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** One website a line. */
const websitesForm = z.preprocess(
  ({ origins = "" }: Fields) => ({
    origins: origins.split("\n").map((line) => line.trim()).filter(Boolean),
  }),
  sourceInput,
);

/** The websites whose pages send events. */
const pages = new MemberPages({
  label: (locale) => websiteEventsText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 55,
  permission: ANALYTICS_MANAGE,
});
export default pages;

pages.get("/settings/analytics", async (c) => page(c, showSource(c, await findSource(c.get("member")))));

pages.post("/settings/analytics", async (c) => {
  const ctx = c.get("member");
  const source = await findSource(ctx);
  return await form(c, {
    schema: websitesForm,
    submit: (input) => saveWebsites(ctx, input),
    done: () => ({ to: PATH, flash: websiteEventsText.of(localeOf(c)).saved }),
    refused: (refused) => showSource(c, source, refused),
  });
});

pages.get("/settings/analytics/key", async (c) => {
  authorize(c.get("member"), ANALYTICS_MANAGE);
  const text = websiteEventsText.of(localeOf(c));
  return await page(c, {
    title: text.replace,
    trail: [...trailOf(c), { label: text.title, href: PATH }],
    body: <ReplaceKeyPage />,
  });
});

pages.post("/settings/analytics/key", async (c) => {
  await replaceKey(c.get("member"));
  return await done(c, { to: PATH, flash: websiteEventsText.of(localeOf(c)).replaced });
});

function showSource(c: Context<MemberEnv>, source: AnalyticsSource | null, refused?: RefusedForm): Page {
  const { services, tenant } = c.get("member");
  const locale = localeOf(c);
  const script = (key: string) =>
    `<script async src="${tenantUrl(services.config.appUrl, tenant)}/collect.js" data-key="${key}"></script>`;
  const installation = source
    ? { publishableKey: source.publishableKey, script: script(source.publishableKey) }
    : undefined;
  const body = (
    <WebsiteEventsPage
      origins={refused?.values.origins ?? source?.origins.join("\n") ?? ""}
      error={refused?.errors.origins}
      installation={installation}
    />
  );
  return {
    title: websiteEventsText.of(locale).title,
    trail: trailOf(c),
    body,
  };
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: settingsText.of(localeOf(c)).settings, href: "/settings" }];
}
