import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { verifySendingDomain } from "../../src/sending_domains/checks.ts";
import { signsEmails } from "../../src/sending_domains/sender.ts";
import {
  findSendingDomain,
  getSendingDomain,
  removeSendingDomain,
  sendingDomainInput,
  setSendingDomain,
} from "../../src/sending_domains/sending_domains.ts";
import { currentCaller } from "../../src/tenancy/open_tenant.ts";
import { RemoveSendingDomainPage } from "../../views/pages/sending_domain/remove_page.tsx";
import {
  SENDING_DOMAIN_PATH as PATH,
  SendingDomainPage,
} from "../../views/pages/sending_domain/sending_domain_page.tsx";
import { sendingDomainText } from "../../views/pages/sending_domain/text.ts";
import { settingsText } from "../../views/pages/settings/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

/** The domain that the workspace's campaigns come from. */
const pages = new MemberPages({
  label: (locale) => sendingDomainText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 58,
  permission: CAMPAIGNS_MANAGE,
});
export default pages;

pages.get("/settings/sending-domain", async (c) => await page(c, await domainPage(c)));

pages.post("/settings/sending-domain", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  const before = await findSendingDomain(ctx);
  return await form(c, {
    schema: sendingDomainInput,
    submit: (input) => setSendingDomain(ctx, input),
    done: ({ domain }) => {
      const { added, saved } = sendingDomainText.of(localeOf(c));
      return { to: PATH, flash: before?.domain === domain ? saved : added(domain) };
    },
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => domainPage(c, refused),
  });
});

pages.post("/settings/sending-domain/check", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  return await form(c, {
    schema: z.object({}),
    submit: () => verifySendingDomain(ctx),
    done: ({ records }) => {
      const { checkedVerified, checkedPending } = sendingDomainText.of(localeOf(c));
      const isFound = records.some(({ purpose, state }) => purpose === "dkim" && state === "found");
      const flash = isFound
        ? { kind: "success" as const, text: checkedVerified }
        : { kind: "info" as const, text: checkedPending };
      return { to: PATH, flash };
    },
    refusals: ["conflict", "unavailable", "rate_limited"],
    refused: (refused) => domainPage(c, { ...refused, values: {} }),
  });
});

pages.get("/settings/sending-domain/remove", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const { domain } = await getSendingDomain(ctx);
  const { title, removeTitle } = sendingDomainText.of(localeOf(c));
  return await page(c, {
    title: removeTitle(domain),
    trail: [...trailOf(c), { label: title, href: PATH }],
    body: <RemoveSendingDomainPage />,
  });
});

pages.post("/settings/sending-domain/remove", async (c) => {
  const ctx = await currentCaller(c.get("member"));
  const { domain } = await getSendingDomain(ctx);
  await removeSendingDomain(ctx);
  return await done(c, { to: PATH, flash: sendingDomainText.of(localeOf(c)).removed(domain) });
});

async function domainPage(c: Context<MemberEnv>, refused?: RefusedForm): Promise<Page> {
  const ctx = c.get("member");
  const { services } = ctx;
  const props = {
    domain: await findSendingDomain(ctx),
    now: services.clock.now(),
    isSigned: signsEmails(services),
    missingPlan: isEntitled(ctx, CAMPAIGNS) ? undefined : planOf(CAMPAIGNS.from).name,
    refused,
  };
  return {
    title: sendingDomainText.of(localeOf(c)).title,
    trail: trailOf(c),
    body: <SendingDomainPage {...props} />,
  };
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: settingsText.of(localeOf(c)).settings, href: "/settings" }];
}
