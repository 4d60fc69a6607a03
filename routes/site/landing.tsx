import { type Context, Hono } from "hono";
import { PLAN_LIST, PLANS as PLAN_KEYS } from "../../src/billing/plans.ts";
import { includes } from "../../src/billing/plan_features.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { LandingPage } from "../../views/pages/landing/landing_page.tsx";
import { landingText } from "../../views/pages/landing/text.ts";
import type { PlanSummary } from "../../views/pages/pricing/plan_summary.ts";
import { PricingPage } from "../../views/pages/pricing/pricing_page.tsx";
import { pricingText } from "../../views/pages/pricing/text.ts";
import type { HttpEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";

const EXAMPLE_SUBDOMAIN = "northwind";
const LIMITS = FEATURES.flatMap(({ limits }) => limits);

/** Those of the smaller plans first. */
const PLAN_FEATURES = FEATURES.flatMap(({ planFeatures }) => planFeatures)
  .toSorted((one, other) => PLAN_KEYS.indexOf(one.from) - PLAN_KEYS.indexOf(other.from));

/** The plans with what each feature limits, and the features that each includes. */
const PLANS: readonly PlanSummary[] = PLAN_LIST.map((plan) => ({
  ...plan,
  limits: LIMITS.map(({ nouns, included }) => ({ things: nouns.several, included: included[plan.key] })),
  features: PLAN_FEATURES.map((feature) => ({
    label: feature.label,
    isIncluded: includes(plan.key, feature),
  })),
}));

/** The pages that introduce the product. */
export const landingPages = new Hono<HttpEnv>();

landingPages.get("/", (c) => {
  const { title, description } = landingText.of(localeOf(c));
  const isSignedIn = c.get("session") !== null;
  const props = {
    isSignedIn,
    plans: PLANS,
    salesContact: salesContactOf(c),
    exampleOrigin: exampleOrigin(c),
  };
  const body = <LandingPage {...props} />;
  return page(c, { title, description, wide: true, body });
});

landingPages.get("/pricing", (c) => {
  const { title, description } = pricingText.of(localeOf(c));
  const body = <PricingPage plans={PLANS} salesContact={salesContactOf(c)} />;
  return page(c, { title, description, wide: true, body });
});

/** The address of the sales team. Undefined if the installation has none. */
function salesContactOf(c: Context<HttpEnv>): string | undefined {
  return c.get("services").config.salesContact;
}

function exampleOrigin(c: Context<HttpEnv>): string {
  const { protocol, host } = c.get("services").config.appUrl;
  return `${protocol}//${EXAMPLE_SUBDOMAIN}.${host}`;
}
