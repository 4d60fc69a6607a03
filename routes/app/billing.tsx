import type { Context } from "hono";
import { can } from "../../src/access/authorize.ts";
import { listBillingHistory } from "../../src/billing/history.ts";
import { getInvoice, INVOICE_LIST, listInvoices } from "../../src/billing/invoices.ts";
import { type LimitUsage, listLimitUsage } from "../../src/billing/limit_usage.ts";
import { getBillingOverview } from "../../src/billing/overview.ts";
import { BILLING_MANAGE, BILLING_READ } from "../../src/billing/permissions.ts";
import { previewNextInvoice } from "../../src/billing/plan_preview.ts";
import { PLAN_LIST, planOf } from "../../src/billing/plans.ts";
import { getSubscription, openPortal, refreshSubscription } from "../../src/billing/subscription.ts";
import type { MetricUsage } from "../../src/billing/usage/read_usage.ts";
import { listUsage } from "../../src/billing/usage/summary.ts";
import { PRODUCT_NAME } from "../../src/email/brand.ts";
import { DomainError } from "../../src/errors.ts";
import { describeError, logOf } from "../../src/platform/log.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import type { Translate } from "../../src/platform/wording.ts";
import type { Activity } from "../../views/components/activity_list.tsx";
import { ButtonLink } from "../../views/components/button.tsx";
import { BillingPage } from "../../views/pages/billing/billing_page.tsx";
import { InvoicePage } from "../../views/pages/billing/invoice_page.tsx";
import { InvoicesPage } from "../../views/pages/billing/invoice_table.tsx";
import { NoAccessPage } from "../../views/pages/billing/no_access_page.tsx";
import { billingPageText } from "../../views/pages/billing/text.ts";
import type { UsageRow } from "../../views/pages/billing/usage_bars.tsx";
import { translatorTo } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import {
  amountFormat,
  BILLING_PATH as PATH,
  billingTextOf as textOf,
  billingTrail,
  planName,
} from "./billing_wording.ts";
import { MemberPages } from "./member_pages.ts";

const INVOICES_PATH = `${PATH}/invoices`;
const INVOICES_SHOWN = 24;
const FORBIDDEN = 403;

const log = logOf("billing");

const pages = new MemberPages({
  label: (locale) => billingPageText.of(locale).title,
  href: PATH,
  icon: "card",
  group: "main",
  position: 80,
  permission: BILLING_READ,
});
export default pages;

pages.get("/billing", async (c) => {
  const ctx = c.get("member");
  if (!can(ctx, BILLING_READ)) {
    return await page(c, {
      title: textOf(c).title,
      body: <NoAccessPage action={BILLING_READ.action} />,
      status: FORBIDDEN,
    });
  }
  if (c.req.query("checkout") === "done") return await welcomeBack(c);
  const [subscription, overview, limits, metrics, nextInvoice, invoices, history] = await Promise
    .all([
      getSubscription(ctx),
      getBillingOverview(ctx),
      listLimitUsage(ctx),
      listUsage(ctx),
      previewNextInvoice(ctx),
      listInvoices(ctx, INVOICE_LIST.query.parse({ limit: INVOICES_SHOWN })),
      listBillingHistory(ctx),
    ]);
  const { plan, planVersion, billingCycle, pendingPlan } = subscription;
  const { monthlyPrice, yearlyPrice } = planOf(plan, planVersion);
  const translate = translatorTo(localeOf(c));
  return await page(c, {
    title: textOf(c).title,
    body: (
      <BillingPage
        {...overview}
        subscription={subscription}
        planName={planName(c, plan)}
        pendingPlanName={pendingPlan && planName(c, pendingPlan)}
        price={billingCycle === "yearly" ? yearlyPrice : monthlyPrice}
        usage={[
          ...limits.filter(isShown).map((limit) => limitRow(limit, translate)),
          ...metrics.map((metric) => metricRow(metric, c)),
        ]}
        nextInvoice={nextInvoice && { at: nextInvoice.at, amount: nextInvoice.total.amount }}
        invoices={invoices.items}
        allInvoicesHref={invoices.nextCursor && INVOICES_PATH}
        history={history.map((line) => activityOf(c, line))}
        now={ctx.services.clock.now()}
        trials={overview.canStartTrial
          ? PLAN_LIST.filter(({ trialDays }) => trialDays > 0)
            .map(({ key, trialDays }) => ({ key, name: planName(c, key), days: trialDays }))
          : []}
        canManage={can(ctx, BILLING_MANAGE)}
        format={amountFormat(c)}
      />
    ),
  });
});

pages.get("/billing/portal", async (c) => c.redirect((await openPortal(c.get("member"))).url, 303));

pages.get("/billing/invoices", async (c) => {
  const ctx = c.get("member");
  const { items, ...cursors } = await listInvoices(ctx, readListAddress(c.req.query(), INVOICE_LIST));
  const shown = { invoices: items, pages: pageLinks(INVOICES_PATH, cursors), format: amountFormat(c) };
  return await page(c, {
    title: textOf(c).invoices,
    trail: billingTrail(c),
    body: <InvoicesPage {...shown} />,
  });
});

pages.get("/billing/invoices/:id", async (c) => {
  const ctx = c.get("member");
  const invoice = await getInvoice(ctx, c.req.param("id"));
  const { pdfUrl, number, id } = invoice;
  return await page(c, {
    title: textOf(c).invoiceTitle(number ?? id),
    trail: billingTrail(c),
    actions: pdfUrl ? <ButtonLink href={pdfUrl} icon="external">{textOf(c).pdf}</ButtonLink> : undefined,
    body: (
      <InvoicePage
        invoice={invoice}
        workspace={ctx.tenant.name}
        seller={PRODUCT_NAME}
        canPay={can(ctx, BILLING_MANAGE)}
        format={amountFormat(c)}
      />
    ),
  });
});

/** The customer comes back from the gateway, maybe before its event. If the gateway doesn't answer, the event follows. */
async function welcomeBack(c: Context<MemberEnv>): Promise<Response> {
  const ctx = c.get("member");
  try {
    await refreshSubscription(ctx);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "unavailable") throw error;
    log.warn("a subscription could not be read after its checkout", {
      tenantId: ctx.tenant.id,
      ...describeError(error),
    });
  }
  const { status } = await getSubscription(ctx);
  const isIncomplete = status === "incomplete" || status === "incomplete_expired" || status === "none";
  const { paymentPending, paymentReceived } = textOf(c);
  return await done(c, {
    to: PATH,
    flash: isIncomplete ? { kind: "info", text: paymentPending } : paymentReceived,
  });
}

/** What the plan has none of is shown only while there is something left of it, for example after a downgrade. */
function isShown({ used, included }: LimitUsage): boolean {
  return included !== 0 || used > 0;
}

function limitRow({ limit, used, included }: LimitUsage, translate: Translate): UsageRow {
  return { key: limit.name, label: translate(limit.nouns.several), used, included, overagePrice: null };
}

function metricRow(
  { metric, label, total, limit, cycle, overagePrice }: MetricUsage,
  c: Context<MemberEnv>,
): UsageRow {
  const name = translatorTo(localeOf(c))(label);
  const shown = cycle === "yearly" ? textOf(c).thisYear(name) : name;
  return { key: metric, label: shown, used: total, included: limit, overagePrice };
}

function activityOf(
  c: Context<MemberEnv>,
  line: Awaited<ReturnType<typeof listBillingHistory>>[number],
): Activity {
  const { events } = c.get("services");
  const { at, actorName, actorColor } = line;
  return { at, actorName, actorColor, summary: sentenceOf(events, line, translatorTo(localeOf(c))) };
}
