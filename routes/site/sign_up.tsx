import { type Context, Hono } from "hono";
import { findPendingSignUp, resendCode } from "../../src/identity/pending_sign_ups.ts";
import { repeatSignUp } from "../../src/identity/repeated_sign_up.ts";
import {
  completeSignUp,
  newAccount,
  signUp,
  signUpCode,
  type SignUpOutcome,
} from "../../src/identity/sign_up.ts";
import { CheckEmailPage } from "../../views/pages/check_email_page.tsx";
import {
  SignUpCodeForm,
  type SignUpCodeFormProps,
  SignUpCodePage,
} from "../../views/pages/sign_up_code_page.tsx";
import { SignUpForm, type SignUpFormProps, SignUpPage } from "../../views/pages/sign_up_page.tsx";
import { hostSuffix, type HttpEnv, systemContextOf } from "../http.ts";
import { signInBrowser } from "../middleware/session.ts";
import { type Done, done, form, page } from "../page.tsx";
import { forgetPendingSignUp, pendingSignUpToken, sendPendingSignUp } from "./pending_sign_up_cookie.ts";

export const signUpPages = new Hono<HttpEnv>();

signUpPages.get("/signup", (c) => page(c, signUpForm({ hostSuffix: hostSuffix(c) })));

signUpPages.post("/signup", (c) => {
  const ctx = systemContextOf(c);
  const device = c.get("device");
  return form(c, {
    schema: newAccount,
    submit: (input) => signUp(ctx, input, device),
    findRepeated: (input, renderedAt) => repeatSignUp(ctx, input, renderedAt, device),
    done: (outcome) => goOn(c, outcome),
    refused: ({ values, errors }) => signUpForm({ values, errors, hostSuffix: hostSuffix(c) }),
  });
});

signUpPages.get("/signup/check-email", (c) => {
  return page(c, { title: "Check your email", body: <CheckEmailPage /> });
});

signUpPages.get("/signup/code", async (c) => {
  const pending = await findPendingSignUp(systemContextOf(c), pendingSignUpToken(c));
  if (!pending) return c.redirect("/signup", 303);
  return await page(c, codeForm(pending.email, { hostSuffix: hostSuffix(c) }));
});

signUpPages.post("/signup/code", (c) => {
  const ctx = systemContextOf(c);
  const token = pendingSignUpToken(c);
  return form(c, {
    schema: signUpCode,
    submit: (input) => completeSignUp(ctx, token, input, c.get("device")),
    done: (outcome) => {
      forgetPendingSignUp(c);
      return goOn(c, outcome);
    },
    refused: async ({ values, errors }) => {
      const pending = await findPendingSignUp(ctx, token);
      if (!pending) return await startOver(c, errors.token);
      const { code, subdomain = pending.subdomain } = values;
      return codeForm(pending.email, { values: { code, subdomain }, errors, hostSuffix: hostSuffix(c) });
    },
  });
});

signUpPages.post("/signup/code/resend", async (c) => {
  await resendCode(systemContextOf(c), pendingSignUpToken(c));
  const text = "We can send one code every five minutes. Check your spam folder, too.";
  return await done(c, { to: "/signup/code", flash: { kind: "info", text } });
});

function signUpForm(form: SignUpFormProps) {
  const description = "Create a workspace for your company in a minute. Start for free, without a card.";
  return { title: "Sign up", description, body: <SignUpPage {...form} />, partial: <SignUpForm {...form} /> };
}

function codeForm(address: string, form: SignUpCodeFormProps) {
  return {
    title: "Enter your code",
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

function startOver(c: Context<HttpEnv>, text = "Start over to get another code."): Promise<Response> {
  forgetPendingSignUp(c);
  return done(c, { to: "/signup", flash: { kind: "info", text } });
}
