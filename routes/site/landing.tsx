import { type Context, Hono } from "hono";
import { PLAN_LIST } from "../../src/billing/plans.ts";
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

/** The plans with what each feature limits. */
const PLANS: readonly PlanSummary[] = PLAN_LIST.map((plan) => ({
  ...plan,
  limits: LIMITS.map(({ nouns, included }) => ({ things: nouns.several, included: included[plan.key] })),
}));

/** The pages that introduce the product. */
export const landingPages = new Hono<HttpEnv>();

landingPages.get("/", (c) => {
  const { title, description } = landingText.of(localeOf(c));
  const isSignedIn = c.get("session") !== null;
  const body = <LandingPage isSignedIn={isSignedIn} plans={PLANS} exampleOrigin={exampleOrigin(c)} />;
  return page(c, { title, description, wide: true, body });
});

landingPages.get("/pricing", (c) => {
  const { title, description } = pricingText.of(localeOf(c));
  return page(c, { title, description, wide: true, body: <PricingPage plans={PLANS} /> });
});

function exampleOrigin(c: Context<HttpEnv>): string {
  const { protocol, host } = c.get("services").config.appUrl;
  return `${protocol}//${EXAMPLE_SUBDOMAIN}.${host}`;
}
