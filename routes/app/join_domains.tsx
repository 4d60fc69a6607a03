import type { Context } from "hono";
import {
  closeToDomain,
  listJoinDomains,
  newJoinDomain,
  openToDomain,
} from "../../src/access/join_domains.ts";
import { domainOf, isPublicEmailDomain } from "../../src/access/public_email_domains.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { JoinDomainsPage } from "../../views/pages/team/join_domains_page.tsx";
import { teamText } from "../../views/pages/team/text.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/team/domains";

/** The email domains whose people may join without an invitation. */
const pages = new MemberPages();
export default pages;

pages.get(PATH, async (c) => await page(c, await domainsPage(c)));

pages.post(PATH, (c) => {
  return form(c, {
    schema: newJoinDomain,
    submit: async (input) => await openToDomain(await currentMember(c.get("member")), input),
    done: ({ domain }) => ({ to: PATH, flash: textOf(c).opened(domain) }),
    refusals: ["invalid", "forbidden"],
    refused: (refused) => domainsPage(c, refused),
  });
});

pages.post(`${PATH}/:id/close`, async (c) => {
  const { domain } = await closeToDomain(await currentMember(c.get("member")), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).closed(domain) });
});

async function domainsPage(c: Context<MemberEnv>, refused?: RefusedForm): Promise<Page> {
  const ctx = c.get("member");
  const own = domainOf(ctx.actor.email);
  const props = {
    domains: await listJoinDomains(ctx),
    own,
    isPublic: isPublicEmailDomain(own),
    problem: refused?.problem ?? refused?.errors.domain,
  };
  return {
    title: textOf(c).title,
    trail: [{ label: teamText.of(localeOf(c)).title, href: "/team" }],
    body: <JoinDomainsPage {...props} />,
  };
}

function textOf(c: Context<MemberEnv>) {
  return teamText.of(localeOf(c)).domains;
}
