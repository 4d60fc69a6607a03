import type { Context } from "hono";
import { z } from "zod";
import { profile, updateProfile } from "../../src/identity/account.ts";
import { LOCALES } from "../../src/platform/locales.ts";
import { languageName } from "../../views/locale.ts";
import { ProfilePage } from "../../views/pages/account/profile_page.tsx";
import { accountText } from "../../views/pages/account/text.ts";
import { type AccountEnv, type Fields, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { dismissNotice } from "../notices.ts";
import { senderOf } from "../site/redirects.ts";
import { AccountPages } from "./account_pages.ts";

const LANGUAGES = LOCALES.map((locale) => ({ locale, name: languageName(locale) }));

/** The form sends an empty text for the browser's language. */
const profileForm = z.preprocess(
  ({ name, theme, locale, avatar_color }: Fields) => ({
    name,
    theme,
    locale: locale || null,
    avatarColor: avatar_color || null,
  }),
  profile,
);

/** A person's profile. */
const pages = new AccountPages({
  label: (locale) => accountText.of(locale).profile,
  href: "/account",
  position: 10,
});
export default pages;

pages.get("/account", (c) => page(c, profilePage(c)));

pages.post("/account", (c) => {
  return form(c, {
    schema: profileForm,
    submit: (input) => updateProfile(systemContextOf(c), c.get("session").actor.id, input),
    done: () => ({ to: "/account", flash: accountText.of(localeOf(c)).saved }),
    refused: (refused) => profilePage(c, refused),
  });
});

/** Hides a notice of the layout for a day. */
pages.post("/account/notices/:notice/dismissal", async (c) => {
  dismissNotice(c, c.get("session").actor.id, c.req.param("notice"));
  return await done(c, { to: senderOf(c), partial: "" });
});

function profilePage(c: Context<AccountEnv>, refused?: RefusedForm): Page {
  const text = accountText.of(localeOf(c));
  const { actor: { name, email }, isVerified, appearance } = c.get("session");
  const body = (
    <ProfilePage
      person={{ name, email, isVerified }}
      values={{ ...appearance, name: refused?.values.name ?? name }}
      languages={LANGUAGES}
      errors={refused?.errors}
    />
  );
  return { title: text.profile, trail: [{ label: text.account, href: "/account" }], body };
}
