import type { Context } from "hono";
import { changePassword, passwordChange } from "../../src/identity/account.ts";
import { SecurityPage } from "../../views/pages/account/security_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { type AccountEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

/** A person's password. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).security,
  href: "/account/security",
  position: 20,
});
export default pages;

pages.get("/account/security", (c) => page(c, securityPage(c)));

pages.post("/account/security", (c) => {
  return form(c, {
    schema: passwordChange,
    submit: (input) => changePassword(systemContextOf(c), c.get("session"), input, c.get("device")),
    done: () => ({ to: "/account/security", flash: accountText.of(localeOf(c)).passwordChanged }),
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => securityPage(c, refused),
  });
});

function securityPage(c: Context<AccountEnv>, refused?: RefusedForm): Page {
  const text = accountText.of(localeOf(c));
  const errors = refused?.problem ? { current_password: refused.problem } : refused?.errors;
  return {
    title: text.security,
    trail: [{ label: text.account, href: "/account" }],
    body: <SecurityPage email={c.get("session").actor.email} errors={errors} />,
  };
}
