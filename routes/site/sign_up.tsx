import { type Context, Hono } from "hono";
import type { FieldErrors } from "../../src/errors.ts";
import { findPendingSignUp, resendCode } from "../../src/identity/pending_sign_ups.ts";
import { repeatSignUp } from "../../src/identity/repeated_sign_up.ts";
import {
  ACCOUNT_EXISTS,
  completeSignUp,
  findSignUpProblems,
  newAccount,
  signUp,
  signUpCode,
  type SignUpOutcome,
} from "../../src/identity/sign_up.ts";
import { CheckEmailPage } from "../../views/pages/sign_up/check_email_page.tsx";
import {
  SignUpCodeForm,
  type SignUpCodeFormProps,
  SignUpCodePage,
} from "../../views/pages/sign_up/sign_up_code_page.tsx";
import { SignUpForm, type SignUpFormProps, SignUpPage } from "../../views/pages/sign_up/sign_up_page.tsx";
import { signUpText } from "../../views/pages/sign_up/text.ts";
import { hostSuffix, type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { signInBrowser } from "../middleware/session.ts";
import { type Done, done, form, page } from "../page.tsx";
import { withSuggestion } from "./addresses.tsx";
import { providerLinks } from "./provider_links.ts";
import { problemText } from "../problem_text.ts";
import { forgetPendingSignUp, pendingSignUpToken, sendPendingSignUp } from "./pending_sign_up_cookie.ts";

export const signUpPages = new Hono<HttpEnv>();

signUpPages.get("/signup", (c) => page(c, signUpForm(c, { hostSuffix: hostSuffix(c) })));

signUpPages.post("/signup", (c) => {
  const ctx = systemContextOf(c);
  const device = c.get("device");
  return form(c, {
    schema: newAccount,
    refusals: ["invalid", "rate_limited"],
    alsoCheck: (fields) => findSignUpProblems(ctx, fields),
    submit: (input) => signUp(ctx, input, device),
    findRepeated: (input, renderedAt) => repeatSignUp(ctx, input, renderedAt, device),
    done: (outcome) => goOn(c, outcome),
    refused: async (refused) => {
      const { values, errors } = await withSuggestion(c, refused);
      const hasAccount = errors.email === problemText(ACCOUNT_EXISTS, localeOf(c));
      return signUpForm(c, {
        values,
        errors,
        hasAccount,
        problem: refused.problem,
        hostSuffix: hostSuffix(c),
      });
    },
  });
});

signUpPages.get("/signup/check-email", (c) => {
  return page(c, { title: textOf(c).checkEmailTitle, body: <CheckEmailPage /> });
});

signUpPages.get("/signup/code", async (c) => {
  const pending = await findPendingSignUp(systemContextOf(c), pendingSignUpToken(c));
  if (!pending) return c.redirect("/signup", 303);
  return await page(c, codeForm(c, pending.email, { hostSuffix: hostSuffix(c) }));
});

signUpPages.post("/signup/code", (c) => {
  const ctx = systemContextOf(c);
  const token = pendingSignUpToken(c);
  return form(c, {
    schema: signUpCode,
    refusals: ["invalid", "rate_limited"],
    submit: (input) => completeSignUp(ctx, token, input, c.get("device")),
    done: (outcome) => {
      forgetPendingSignUp(c);
      return goOn(c, outcome);
    },
    refused: async ({ values, errors, problem }) => {
      const pending = await findPendingSignUp(ctx, token);
      if (!pending) return await startOver(c, errors);
      const { code = "", subdomain = pending.subdomain } = values;
      const asked = { values: { code, subdomain }, errors };
      const again = errors.subdomain ? await withSuggestion(c, asked) : asked;
      return codeForm(c, pending.email, { ...again, problem, hostSuffix: hostSuffix(c) });
    },
  });
});

signUpPages.post("/signup/code/resend", async (c) => {
  await resendCode(systemContextOf(c), pendingSignUpToken(c));
  return await done(c, { to: "/signup/code", flash: { kind: "info", text: textOf(c).codeResent } });
});

function textOf(c: Context<HttpEnv>) {
  return signUpText.of(localeOf(c));
}

function signUpForm(c: Context<HttpEnv>, form: SignUpFormProps) {
  const { title, description } = textOf(c);
  return {
    title,
    description,
    body: <SignUpPage {...form} providers={providerLinks(c, { purpose: "sign_up" })} />,
    partial: <SignUpForm {...form} />,
  };
}

function codeForm(c: Context<HttpEnv>, address: string, form: SignUpCodeFormProps) {
  return {
    title: textOf(c).codeTitle,
    body: <SignUpCodePage address={address} {...form} />,
    partial: <SignUpCodeForm {...form} />,
  };
}

async function goOn(c: Context<HttpEnv>, outcome: SignUpOutcome): Promise<Done> {
  switch (outcome.next) {
    case "workspace":
      await signInBrowser(c, outcome.session);
      return { to: outcome.url };
    case "check_email":
      return { to: "/signup/check-email" };
    case "enter_code":
      sendPendingSignUp(c, outcome.pending);
      return { to: "/signup/code" };
  }
}

function startOver(c: Context<HttpEnv>, { token = textOf(c).startOver }: FieldErrors): Promise<Response> {
  forgetPendingSignUp(c);
  return done(c, { to: "/signup", flash: { kind: "info", text: token } });
}
