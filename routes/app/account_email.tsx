import type { Context } from "hono";
import { emailChange, requestEmailChange } from "../../src/identity/email_change.ts";
import { getUserById } from "../../src/identity/users.ts";
import { EmailPage } from "../../views/pages/account/email_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { type AccountEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page, type RefusedForm } from "../page.tsx";
import { AccountPages } from "./account_pages.ts";

const PATH = "/account/email";

/** A person's email address. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).email,
  href: PATH,
  position: 15,
});
export default pages;

pages.get(PATH, async (c) => await page(c, await emailPage(c)));

pages.post(PATH, (c) => {
  return form(c, {
    schema: emailChange,
    submit: async (input) => {
      await requestEmailChange(systemContextOf(c), c.get("session"), input, c.get("device"));
      return input.email;
    },
    done: (email) => ({ to: PATH, flash: accountText.of(localeOf(c)).emailRequested(email) }),
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => emailPage(c, refused),
  });
});

/** A limit on passwords is shown beside the password. */
function errorsOf(refused?: RefusedForm) {
  return refused?.problem ? { password: refused.problem } : refused?.errors;
}

async function emailPage(c: Context<AccountEnv>, refused?: RefusedForm): Promise<Page> {
  const text = accountText.of(localeOf(c));
  const { passwordHash, email } = await getUserById(systemContextOf(c).control, c.get("session").actor.id);
  const props = {
    email,
    hasPassword: passwordHash !== null,
    values: refused?.values,
    errors: errorsOf(refused),
  };
  return {
    title: text.email,
    trail: [{ label: text.account, href: "/account" }],
    body: <EmailPage {...props} />,
  };
}
