import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import type { LimitUsage } from "../../src/billing/limit_usage.ts";
import { BILLING_MANAGE } from "../../src/billing/permissions.ts";
import type { PlanFeature } from "../../src/billing/plan_feature.ts";
import { previewPlan } from "../../src/billing/plan_preview.ts";
import { BILLING_CYCLES, type BillingCycle } from "../../src/billing/prices.ts";
import {
  cancelSubscription,
  getSubscription,
  orderPlan,
  resumeSubscription,
  type Subscription,
  type SubscriptionInput,
  subscriptionInput,
} from "../../src/billing/subscription.ts";
import { startTrial, trialInput } from "../../src/billing/trials.ts";
import { formatsOf } from "../../views/locale.ts";
import { CancelPlanPage, ConfirmPlanPage, LeavePage } from "../../views/pages/billing/order_pages.tsx";
import { NoAccessPage } from "../../views/pages/billing/no_access_page.tsx";
import { PlansPage } from "../../views/pages/billing/plans_page.tsx";
import { translatorTo } from "../../views/wording.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { PLAN_SUMMARIES } from "../plan_summaries.ts";
import {
  amountFormat,
  BILLING_PATH as PATH,
  billingTextOf as textOf,
  billingTrail,
  planName,
} from "./billing_wording.ts";
import { MemberPages } from "./member_pages.ts";

const FORBIDDEN = 403;
const CANCEL_PATH = `${PATH}/cancel`;

const cycleField = z.enum(BILLING_CYCLES).catch("monthly");
const planField = subscriptionInput.shape.plan;

/** Choosing, changing and canceling the plan. */
const pages = new MemberPages();
export default pages;

pages.get("/billing/plans", async (c) => {
  const ctx = c.get("member");
  if (!can(ctx, BILLING_MANAGE)) {
    const body = <NoAccessPage action={BILLING_MANAGE.action} />;
    return await page(c, { title: textOf(c).plansTitle, body, status: FORBIDDEN });
  }
  const subscription = await getSubscription(ctx);
  const cycle = cycleField.parse(c.req.query("cycle") ?? subscription.billingCycle);
  return await page(c, {
    title: textOf(c).plansTitle,
    trail: billingTrail(c),
    body: (
      <PlansPage
        cycle={cycle}
        plans={PLAN_SUMMARIES}
        currentPlan={subscription.plan}
        isSubscribed={subscription.billingCycle !== null}
        isBought={isBought(subscription, cycle)}
        salesContact={c.get("services").config.salesContact}
      />
    ),
  });
});

pages.get("/billing/plans/:plan", async (c) => {
  authorize(c.get("member"), BILLING_MANAGE);
  const plan = planField.safeParse(c.req.param("plan"));
  if (!plan.success) return c.redirect(`${PATH}/plans`, 303);
  if (plan.data === "starter") return c.redirect(CANCEL_PATH, 303);
  const billingCycle = cycleField.parse(c.req.query("cycle"));
  return await page(c, await confirmPage(c, { plan: plan.data, billingCycle }));
});

pages.post("/billing/plan", async (c) => {
  const ctx = c.get("member");
  return await form(c, {
    schema: subscriptionInput,
    submit: async (input) => ({ ordered: await orderPlan(ctx, input), input }),
    done: ({ ordered }) => {
      if ("checkoutUrl" in ordered) return leave(c, ordered.checkoutUrl);
      const { pendingPlan, plan } = ordered.subscription;
      return { to: PATH, flash: pendingPlan ? textOf(c).scheduled : textOf(c).changed(planName(c, plan)) };
    },
    refusals: ["invalid", "conflict", "bad_request"],
    refused: async ({ values, problem }) => {
      const plan = planField.catch("starter").parse(values.plan);
      const billingCycle = cycleField.parse(values.billing_cycle);
      return await confirmPage(c, { plan, billingCycle }, problem);
    },
  });
});

pages.post("/billing/trial", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, BILLING_MANAGE);
  return await form(c, {
    schema: trialInput,
    submit: async (input) => await startTrial(ctx, input),
    done: () => ({ to: PATH, flash: textOf(c).trialStarted }),
    refusals: ["invalid", "conflict"],
    refused: ({ problem }) =>
      problem
        ? done(c, { to: PATH, flash: { kind: "error", text: problem } })
        : c.redirect(`${PATH}/plans`, 303),
  });
});

pages.get("/billing/cancel", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, BILLING_MANAGE);
  const { plan, currentPeriodEnd, cancelAt } = await getSubscription(ctx);
  if (!currentPeriodEnd || cancelAt) return c.redirect(PATH, 303);
  const { exceeded, lost } = await previewPlan(ctx, { plan: "starter", billingCycle: "monthly" });
  const name = planName(c, plan);
  return await page(c, {
    title: textOf(c).cancelTitle(name),
    trail: billingTrail(c),
    body: (
      <CancelPlanPage
        name={name}
        endsAt={currentPeriodEnd}
        lost={lostNames(c, lost)}
        exceeded={exceededTexts(c, exceeded)}
      />
    ),
  });
});

pages.post("/billing/cancel", async (c) => {
  await cancelSubscription(c.get("member"));
  return await done(c, { to: PATH, flash: textOf(c).canceled });
});

pages.post("/billing/resume", async (c) => {
  await resumeSubscription(c.get("member"));
  return await done(c, { to: PATH, flash: textOf(c).resumed });
});

async function confirmPage(
  c: Context<MemberEnv>,
  input: SubscriptionInput,
  problem?: string,
): Promise<Page> {
  const ctx = c.get("member");
  const [preview, { billingCycle, trialEndsAt }] = await Promise.all([
    previewPlan(ctx, input),
    getSubscription(ctx),
  ]);
  const { change, startsAt, isNow, perPeriod, exceeded, lost } = preview;
  const isCheckout = billingCycle === null;
  const name = planName(c, input.plan);
  const body = (
    <ConfirmPlanPage
      plan={input.plan}
      name={name}
      cycle={input.billingCycle}
      price={perPeriod?.amount ?? 0}
      isCheckout={isCheckout}
      chargedAt={isCheckout ? trialEndsAt : null}
      startsAt={isNow ? null : startsAt}
      change={change && isNow
        ? {
          dueNow: change.dueNow.amount,
          lines: change.lines,
          next: { at: change.next.at, amount: change.next.total.amount },
        }
        : null}
      lost={lostNames(c, lost)}
      exceeded={exceededTexts(c, exceeded)}
      problem={problem}
      format={amountFormat(c)}
    />
  );
  const { confirmTitle, orderTitle } = textOf(c);
  return { title: isCheckout ? orderTitle(name) : confirmTitle(name), trail: billingTrail(c), body };
}

/** Leads to the gateway's page. A form can't redirect to another origin than ours, so there is a link for that. */
async function leave(c: Context<MemberEnv>, url: string) {
  const { origin } = c.get("services").config.appUrl;
  if (url.startsWith(`${origin}/`)) return { to: url };
  return await page(c, {
    title: textOf(c).leaveTitle,
    trail: billingTrail(c),
    body: <LeavePage href={url} />,
  });
}

/** Whether the plan needs no order in this cycle. A trial can become a subscription of the same plan. */
function isBought({ billingCycle, status }: Subscription, cycle: BillingCycle): boolean {
  return billingCycle === null ? status !== "trialing" : billingCycle === cycle;
}

function lostNames(c: Context<MemberEnv>, lost: readonly PlanFeature[]): string[] {
  const translate = translatorTo(localeOf(c));
  return lost.map(({ label }) => translate(label));
}

/** Such as "60 of 50 projects". */
function exceededTexts(c: Context<MemberEnv>, exceeded: readonly LimitUsage[]): string[] {
  const locale = localeOf(c);
  const { count } = formatsOf(locale);
  const translate = translatorTo(locale);
  return exceeded.map(({ limit, used, included }) =>
    textOf(c).exceededLimit(
      count.format(used),
      count.format(included ?? 0),
      translate(limit.nouns.several),
    )
  );
}
