import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import {
  addCustomDomain,
  getCustomDomain,
  listCustomDomains,
  MAX_DOMAINS,
  newCustomDomain,
  removeCustomDomain,
  setPrimary,
} from "../../src/custom_domains/domains.ts";
import { GRACE_DAYS } from "../../src/custom_domains/live_hosts.ts";
import { CUSTOM_DOMAINS, DOMAINS_MANAGE } from "../../src/custom_domains/permissions.ts";
import { verifyCustomDomain } from "../../src/custom_domains/verification.ts";
import { currentCaller } from "../../src/tenancy/open_tenant.ts";
import { subdomainUrl } from "../../src/tenancy/tenant.ts";
import { DOMAINS_PATH as PATH, DomainsPage } from "../../views/pages/domains/domains_page.tsx";
import { RemoveDomainPage } from "../../views/pages/domains/remove_page.tsx";
import { domainsText } from "../../views/pages/domains/text.ts";
import { settingsText } from "../../views/pages/settings/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** The domains where the workspace answers besides its subdomain. */
const pages = new MemberPages({
  label: (locale) => domainsText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 56,
  permission: DOMAINS_MANAGE,
});
export default pages;

pages.get("/settings/domains", async (c) => await page(c, await domainsPage(c)));

pages.post("/settings/domains", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  return await form(c, {
    schema: newCustomDomain,
    submit: (input) => addCustomDomain(ctx, input),
    done: ({ domain }) => ({ to: PATH, flash: textOf(c).added(domain) }),
    refusals: ["invalid", "conflict"],
    refused: (refused) => domainsPage(c, refused),
  });
});

pages.post("/settings/domains/:id/check", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  return await form(c, {
    schema: z.object({}),
    submit: () => verifyCustomDomain(ctx, c.req.param("id")),
    done: ({ domain, status }) => {
      const { checkedLive, checkedPending } = textOf(c);
      const flash = status === "verified"
        ? { kind: "success" as const, text: checkedLive(domain) }
        : { kind: "info" as const, text: checkedPending };
      return { to: PATH, flash };
    },
    refusals: ["conflict", "unavailable", "rate_limited"],
    refused: (refused) => domainsPage(c, { ...refused, values: {} }),
  });
});

pages.post("/settings/domains/:id/primary", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  return await form(c, {
    schema: z.object({ primary: z.string().default("").transform((value) => value === "on") }),
    submit: (input) => setPrimary(ctx, c.req.param("id"), input),
    done: ({ domain, primary }) => {
      const { madePrimary, unmadePrimary } = textOf(c);
      const flash = primary ? madePrimary(domain) : unmadePrimary(subdomainHost(c));
      // This host redirects from now on, and the browser has no session where it leads to.
      const isLeft = c.get("customDomain") !== null && c.get("customDomain") !== (primary ? domain : null);
      return isLeft
        ? { to: `${c.get("services").config.appUrl.origin}/workspaces/${ctx.tenant.id}` }
        : { to: PATH, flash };
    },
    refusals: ["conflict"],
    refused: (refused) => domainsPage(c, { ...refused, values: {} }),
  });
});

pages.get("/settings/domains/:id/remove", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, DOMAINS_MANAGE);
  const { id, domain } = await getCustomDomain(ctx, c.req.param("id"));
  const { title, removeTitle } = textOf(c);
  return await page(c, {
    title: removeTitle(domain),
    trail: [...trailOf(c), { label: title, href: PATH }],
    body: <RemoveDomainPage id={id} />,
  });
});

pages.post("/settings/domains/:id/remove", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  const { domain } = await removeCustomDomain(ctx, c.req.param("id"));
  if (domain === c.get("customDomain")) {
    return await done(c, { to: `${c.get("services").config.appUrl.origin}/workspaces/${ctx.tenant.id}` });
  }
  return await done(c, { to: PATH, flash: textOf(c).removed(domain) });
});

async function domainsPage(c: Context<MemberEnv>, refused?: RefusedForm): Promise<Page> {
  const ctx = c.get("member");
  const props = {
    domains: await listCustomDomains(ctx),
    subdomainHost: subdomainHost(c),
    maximum: MAX_DOMAINS,
    graceDays: GRACE_DAYS,
    now: ctx.services.clock.now(),
    missingPlan: isEntitled(ctx, CUSTOM_DOMAINS) ? undefined : planOf(CUSTOM_DOMAINS.from).name,
    refused,
  };
  return { title: textOf(c).title, trail: trailOf(c), body: <DomainsPage {...props} /> };
}

function textOf(c: Context<MemberEnv>) {
  return domainsText.of(localeOf(c));
}

function subdomainHost(c: Context<MemberEnv>): string {
  return new URL(subdomainUrl(c.get("services").config.appUrl, c.get("tenant"))).host;
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: settingsText.of(localeOf(c)).settings, href: "/settings" }];
}
