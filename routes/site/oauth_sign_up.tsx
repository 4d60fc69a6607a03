import { type Context, Hono } from "hono";
import { PROVIDER_NAMES } from "../../src/identity/oauth_providers.ts";
import {
  findSignUpIdentity,
  newAccountAtProvider,
  signUpAtProvider,
  type SignUpIdentity,
} from "../../src/identity/oauth_sign_up.ts";
import { findAddressProblem } from "../../src/tenancy/workspace_addresses.ts";
import {
  ProviderSignUpForm,
  type ProviderSignUpFormProps,
  ProviderSignUpPage,
} from "../../views/pages/sign_up/provider_sign_up_page.tsx";
import { signUpText } from "../../views/pages/sign_up/text.ts";
import { hostSuffix, type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { signInBrowser } from "../middleware/session.ts";
import { done, form, page } from "../page.tsx";
import { withSuggestion } from "./addresses.tsx";
import { forgetKeptIdentity, keptIdentityOf } from "./kept_identity_cookie.ts";

export const SIGN_UP_PATH = "/signup/oauth";

/** Asks what a provider doesn't know about a person who signs up with it. */
export const oauthSignUpPages = new Hono<HttpEnv>();

oauthSignUpPages.get(SIGN_UP_PATH, async (c) => {
  const identity = await findSignUpIdentity(systemContextOf(c), keptIdentityOf(c));
  if (!identity) return c.redirect("/signup", 303);
  return await page(c, signUpForm(c, identity, { values: { name: identity.name } }));
});

oauthSignUpPages.post(SIGN_UP_PATH, (c) => {
  const ctx = systemContextOf(c);
  const token = keptIdentityOf(c);
  return form(c, {
    schema: newAccountAtProvider,
    refusals: ["invalid", "rate_limited"],
    alsoCheck: (fields) => findAddressProblem(ctx, fields),
    submit: (input) => signUpAtProvider(ctx, token, input, c.get("device")),
    done: async ({ session, url }) => {
      forgetKeptIdentity(c);
      await signInBrowser(c, session);
      return { to: url };
    },
    refused: async (refused) => {
      const identity = await findSignUpIdentity(ctx, token);
      if (!identity) return await startOver(c);
      const { values, errors } = await withSuggestion(c, refused);
      return signUpForm(c, identity, { values, errors, problem: refused.problem ?? errors.email });
    },
  });
});

/** A form sent twice has created the workspace the first time. */
function startOver(c: Context<HttpEnv>): Promise<Response> {
  forgetKeptIdentity(c);
  if (c.get("session")) return done(c, { to: "/workspaces" });
  return done(c, { to: "/signup", flash: { kind: "info", text: signUpText.of(localeOf(c)).startOver } });
}

function signUpForm(
  c: Context<HttpEnv>,
  { provider, email }: SignUpIdentity,
  form: Omit<ProviderSignUpFormProps, "provider" | "email" | "hostSuffix">,
) {
  const props = { ...form, provider: PROVIDER_NAMES[provider], email, hostSuffix: hostSuffix(c) };
  return {
    title: signUpText.of(localeOf(c)).title,
    body: <ProviderSignUpPage {...props} />,
    partial: <ProviderSignUpForm {...props} />,
  };
}
