import { Hono } from "hono";
import { findPendingSignUp, resendCode } from "../../src/identity/pending_sign_ups.ts";
import { completeSignUp, signUpCode, type SignUpOutcome } from "../../src/identity/sign_up.ts";
import { parseInput } from "../../src/platform/input.ts";
import { CheckEmailPage } from "../../views/pages/check_email_page.tsx";
import { SignUpCodeForm, SignUpCodePage } from "../../views/pages/sign_up_code_page.tsx";
import { SignUpForm, SignUpPage } from "../../views/pages/sign_up_page.tsx";
import { sendFlash, takeFlash } from "../flash.ts";
import { submit } from "../forms.ts";
import {
  type AppContext,
  type AppEnv,
  hostSuffix,
  isPartial,
  readForm,
  redirect,
  systemContextOf,
} from "../http.ts";
import { signInBrowser } from "../middleware/session.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";
import { forgetPendingSignUp, pendingSignUpToken, sendPendingSignUp } from "./pending_sign_up_cookie.ts";
import { signUpOnce } from "./sign_up_once.ts";

export const signUpPages = new Hono<AppEnv>();

signUpPages.get("/signup", apexOnly, (c) => {
  const flash = takeFlash(c);
  return render(c, <SignUpPage values={{}} errors={{}} hostSuffix={hostSuffix(c)} flash={flash} />);
});

signUpPages.post("/signup", apexOnly, async (c) => {
  const form = await readForm(c);
  const signedUp = await submit(() => signUpOnce(c, form));
  if (!signedUp.refusal) return await proceed(c, signedUp.value);
  const { password: _, ...values } = form;
  const props = { values, errors: signedUp.refusal.fields, hostSuffix: hostSuffix(c) };
  return render(c, isPartial(c) ? <SignUpForm {...props} /> : <SignUpPage {...props} />, 422);
});

signUpPages.get("/signup/check-email", apexOnly, (c) => render(c, <CheckEmailPage />));

signUpPages.get("/signup/code", apexOnly, async (c) => {
  const pending = await findPendingSignUp(systemContextOf(c), pendingSignUpToken(c));
  if (!pending) return c.redirect("/signup", 303);
  const props = { address: pending.email, hostSuffix: hostSuffix(c), flash: takeFlash(c) };
  return render(c, <SignUpCodePage {...props} />);
});

signUpPages.post("/signup/code", apexOnly, async (c) => {
  const form = await readForm(c);
  const ctx = systemContextOf(c);
  const token = pendingSignUpToken(c);
  const signedUp = await submit(async () =>
    await completeSignUp(ctx, token, parseInput(signUpCode, form), c.get("device"))
  );
  if (!signedUp.refusal) {
    forgetPendingSignUp(c);
    return await proceed(c, signedUp.value);
  }
  const errors = signedUp.refusal.fields;
  const pending = await findPendingSignUp(ctx, token);
  if (!pending) return startOver(c, errors.token);
  const values = { code: form.code, subdomain: form.subdomain ?? pending.subdomain };
  const props = { address: pending.email, hostSuffix: hostSuffix(c), values, errors };
  return render(c, isPartial(c) ? <SignUpCodeForm {...props} /> : <SignUpCodePage {...props} />, 422);
});

signUpPages.post("/signup/code/resend", apexOnly, async (c) => {
  await resendCode(systemContextOf(c), pendingSignUpToken(c));
  sendFlash(c, {
    kind: "info",
    text: "We send a code every five minutes at most. Check your spam folder, too.",
  });
  return redirect(c, "/signup/code");
});

async function proceed(c: AppContext, outcome: SignUpOutcome): Promise<Response> {
  switch (outcome.next) {
    case "workspace":
      await signInBrowser(c, outcome.session);
      return redirect(c, outcome.url);
    case "check_email":
      return redirect(c, "/signup/check-email");
    case "enter_code":
      sendPendingSignUp(c, outcome.pending);
      return redirect(c, "/signup/code");
  }
}

function startOver(c: AppContext, text = "Start over to get another code."): Response {
  forgetPendingSignUp(c);
  sendFlash(c, { kind: "info", text });
  return redirect(c, "/signup");
}
