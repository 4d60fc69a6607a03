import { type Context, Hono } from "hono";
import { API_CALLS, API_REQUESTS } from "../../src/billing/entitlements.ts";
import { INVOICE_LIST } from "../../src/billing/invoices.ts";
import { formatMoney, wholeUnits } from "../../src/billing/money.ts";
import { planOf } from "../../src/billing/plans.ts";
import { getBillingReport } from "../../src/billing/reports.ts";
import { getBillingToday } from "../../src/billing/reports_today.ts";
import { getBillingRecord, listStaffInvoices } from "../../src/billing/staff_record.ts";
import { listStory, STORY_LIST, type StoryLine } from "../../src/billing/story.ts";
import type { Services } from "../../src/ports.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Override } from "../../src/tenancy/tenant.ts";
import { layoutText } from "../../views/layouts/text.ts";
import { LANGUAGE_TAGS, type Locale } from "../../views/locale.ts";
import { BillingAccountPage, billingPath } from "../../views/pages/admin/billing_account_page.tsx";
import type { BillingFormat } from "../../views/pages/admin/billing_format.ts";
import { StaffInvoicesPage } from "../../views/pages/admin/billing_invoices.tsx";
import type { ShownOverride } from "../../views/pages/admin/billing_overrides.tsx";
import { AdminBillingPage } from "../../views/pages/admin/billing_page.tsx";
import type { ShownLine } from "../../views/pages/admin/billing_story.tsx";
import { adminBillingText } from "../../views/pages/admin/billing_text.ts";
import { pricingText } from "../../views/pages/pricing/text.ts";
import { translatorTo } from "../../views/wording.ts";
import type { StaffEnv } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

/** What subscriptions bring, and each workspace's billing with its story. */
export const billingPages = new Hono<StaffEnv>();

billingPages.get("/billing", async (c) => {
  const ctx = c.get("staff");
  const [report, today] = await Promise.all([getBillingReport(ctx), getBillingToday(ctx)]);
  const shown = { report, today, now: ctx.services.clock.now(), format: formatFor(localeOf(c)) };
  return await page(c, { title: textOf(c).title, body: <AdminBillingPage {...shown} /> });
});

billingPages.get("/tenants/:id/billing", async (c) => {
  const ctx = await openTenant(c.get("staff"), c.req.param("id"));
  const [record, { items, ...cursors }] = await Promise.all([
    getBillingRecord(ctx),
    listStory(ctx, readListAddress(c.req.query(), STORY_LIST)),
  ]);
  const locale = localeOf(c);
  const shown = {
    tenantId: ctx.tenant.id,
    record,
    overrides: record.overrides.map((override) => shownOverride(ctx.services, override, locale)),
    story: items.map((line) => shownLine(ctx.services, line, locale)),
    pages: pageLinks(c.req.path, cursors),
    format: formatFor(locale),
  };
  return await page(c, {
    title: textOf(c).title,
    trail: trailOf(c, ctx.tenant),
    body: <BillingAccountPage {...shown} />,
  });
});

billingPages.get("/tenants/:id/billing/invoices", async (c) => {
  const ctx = await openTenant(c.get("staff"), c.req.param("id"));
  const query = readListAddress(c.req.query(), INVOICE_LIST);
  const { items, ...cursors } = await listStaffInvoices(ctx, query);
  const path = billingPath(ctx.tenant.id);
  return await page(c, {
    title: textOf(c).invoices,
    trail: [...trailOf(c, ctx.tenant), { label: textOf(c).title, href: path }],
    body: (
      <StaffInvoicesPage
        invoices={items}
        path={path}
        pages={pageLinks(c.req.path, cursors)}
        format={formatFor(localeOf(c))}
      />
    ),
  });
});

/** Where a page about a tenant's billing stands. */
export function trailOf(c: Context<StaffEnv>, { id, name }: { id: string; name: string }) {
  return [
    { label: layoutText.of(localeOf(c)).tenants, href: "/admin/tenants" },
    { label: name, href: `/admin/tenants/${id}` },
  ];
}

/** How the pages show amounts and plans in a language. */
export function formatFor(locale: Locale): BillingFormat {
  const translate = translatorTo(locale);
  return {
    exact: (money) => formatMoney(money, LANGUAGE_TAGS[locale]),
    whole: wholeUnits,
    plan: (plan) => translate(planOf(plan).name),
  };
}

/** What an override can name: limits, also those of the API and of metrics, and plan features. */
export function overridable({ limits, meters, planFeatures }: Services, locale: Locale) {
  const translate = translatorTo(locale);
  const { apiCalls, apiRequests, aMonth } = pricingText.of(locale);
  return [
    ...limits.map(({ name, nouns }) => ({ value: name, label: capitalized(translate(nouns.several)) })),
    { value: API_CALLS, label: apiCalls },
    { value: API_REQUESTS, label: apiRequests },
    ...meters.map(({ key, label }) => ({ value: key, label: aMonth(translate(label)) })),
    ...planFeatures.map(({ key, label }) => ({ value: key, label: translate(label) })),
  ];
}

function textOf(c: Context<StaffEnv>) {
  return adminBillingText.of(localeOf(c));
}

function shownOverride(
  services: Services,
  { key, endsAt, ...value }: Override,
  locale: Locale,
): ShownOverride {
  const label = overridable(services, locale).find((each) => each.value === key)?.label ?? key;
  return {
    key,
    label,
    value: "limit" in value ? { limit: value.limit } : { allowed: value.allowed },
    endsAt,
  };
}

function shownLine({ events }: Services, line: StoryLine, locale: Locale): ShownLine {
  if (line.source !== "audit") return line;
  return { ...line, sentence: sentenceOf(events, line, translatorTo(locale)) };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
