import type { Context } from "hono";
import { getGrant, grantSupport, newSupportGrant, revokeSupport } from "../../src/support/grants.ts";
import { SUPPORT_GRANT } from "../../src/support/permissions.ts";
import { hasOpenVisit, listVisits, VISIT_LIST } from "../../src/support/visit_list.ts";
import { currentMember } from "../../src/tenancy/open_tenant.ts";
import { SupportPage, type SupportPageProps } from "../../views/pages/support/support_page.tsx";
import { supportText } from "../../views/pages/support/text.ts";
import type { MemberEnv } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/settings/support";

/** The platform's staff's access to the workspace, for its owners. */
const pages = new MemberPages({
  label: (locale) => supportText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 60,
  permission: SUPPORT_GRANT,
});
export default pages;

pages.get(PATH, async (c) => await page(c, await supportPage(c)));

pages.post(PATH, (c) =>
  form(c, {
    schema: newSupportGrant,
    submit: async (input) => await grantSupport(await currentMember(c.get("member")), input),
    done: () => ({ to: PATH, flash: textOf(c).granted }),
    refused: (refused) => supportPage(c, refused),
  }));

pages.post(`${PATH}/revocation`, async (c) => {
  await revokeSupport(await currentMember(c.get("member")));
  return await done(c, { to: PATH, flash: textOf(c).revoked });
});

async function supportPage(c: Context<MemberEnv>, refused?: SupportPageProps["form"]): Promise<Page> {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), VISIT_LIST);
  const [grant, { items, ...cursors }, isOpen] = await Promise.all([
    getGrant(ctx),
    listVisits(ctx, query),
    hasOpenVisit(ctx),
  ]);
  const props = {
    grant,
    visits: items,
    pages: pageLinks(PATH, cursors),
    hasOpenVisit: isOpen,
    now: ctx.services.clock.now(),
    form: refused,
  };
  const text = textOf(c);
  const trail = [{ label: text.settings, href: "/settings" }];
  return { title: text.title, trail, body: <SupportPage {...props} /> };
}

function textOf(c: Context<MemberEnv>) {
  return supportText.of(localeOf(c));
}
