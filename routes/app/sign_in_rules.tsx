import type { Context } from "hono";
import { z } from "zod";
import { can } from "../../src/access/authorize.ts";
import { changeSignInRules, signInRules } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { SETTINGS_MANAGE } from "../../src/tenancy/permissions.ts";
import { SignInRulesPage } from "../../views/pages/settings/sign_in_rules_page.tsx";
import { settingsText } from "../../views/pages/settings/text.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const PATH = "/settings/security";

/** The form sends an empty text for no requirement. */
const rulesForm = z.preprocess(
  ({ grace_days }: Fields) => ({ secondFactorGraceDays: grace_days ? Number(grace_days) : null }),
  signInRules,
);

/** How members have to sign in to the workspace. */
const pages = new MemberPages({
  label: (locale) => settingsText.of(locale).signInRules,
  href: PATH,
  group: "settings",
  position: 30,
});
export default pages;

pages.get(PATH, (c) => page(c, rulesPage(c)));

pages.post(PATH, (c) => {
  const { system, tenant } = c.get("member");
  return form(c, {
    schema: rulesForm,
    submit: async (input) => await changeSignInRules(await openTenant(system, tenant.id), input),
    done: () => ({ to: PATH, flash: settingsText.of(localeOf(c)).rulesSaved }),
    refused: () => rulesPage(c),
  });
});

function rulesPage(c: Context<MemberEnv>): Page {
  const ctx = c.get("member");
  const text = settingsText.of(localeOf(c));
  const from = ctx.tenant.secondFactorFrom;
  const props = { from, now: ctx.services.clock.now(), canManage: can(ctx, SETTINGS_MANAGE) };
  const body = <SignInRulesPage {...props} />;
  return { title: text.signInRules, trail: [{ label: text.settings, href: "/settings" }], body };
}
