import { type Context, Hono } from "hono";
import { z } from "zod";
import { BILLING_CYCLES } from "../../src/billing/prices.ts";
import { LandingPage } from "../../views/pages/landing/landing_page.tsx";
import { landingText } from "../../views/pages/landing/text.ts";
import { PricingPage } from "../../views/pages/pricing/pricing_page.tsx";
import { pricingText } from "../../views/pages/pricing/text.ts";
import type { HttpEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { page } from "../page.tsx";
import { PLAN_SUMMARIES } from "../plan_summaries.ts";

const EXAMPLE_SUBDOMAIN = "northwind";
const cycleField = z.enum(BILLING_CYCLES).catch("monthly");

/** The pages that introduce the product. */
export const landingPages = new Hono<HttpEnv>();

landingPages.get("/", (c) => {
  const { title, description } = landingText.of(localeOf(c));
  const isSignedIn = c.get("session") !== null;
  const props = {
    isSignedIn,
    plans: PLAN_SUMMARIES,
    salesContact: salesContactOf(c),
    exampleOrigin: exampleOrigin(c),
  };
  const body = <LandingPage {...props} />;
  return page(c, { title, description, wide: true, body });
});

landingPages.get("/pricing", (c) => {
  const { title, description } = pricingText.of(localeOf(c));
  const body = (
    <PricingPage
      plans={PLAN_SUMMARIES}
      cycle={cycleField.parse(c.req.query("cycle"))}
      isSignedIn={c.get("session") !== null}
      salesContact={salesContactOf(c)}
    />
  );
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
