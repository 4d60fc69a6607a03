import { type Context, Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import {
  confirmation,
  confirmEmail,
  findVerification,
  requestVerification,
} from "../../src/identity/email_verification.ts";
import { verifyEmailText } from "../../views/pages/verify_email/text.ts";
import {
  type VerificationState,
  VerifyEmailPage,
} from "../../views/pages/verify_email/verify_email_page.tsx";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, page } from "../page.tsx";

/** The pages where people confirm their email address. */
export const verificationPages = new Hono<HttpEnv>();

/** Changes nothing, because link checkers open this page, too. */
verificationPages.get("/verify-email", async (c) => {
  const wantsNewPassword = c.req.query("choose_password") !== undefined;
  return await page(c, stateOf(c, await openState(c, c.req.query("token"), wantsNewPassword)));
});

verificationPages.post("/verify-email", (c) => {
  return form(c, {
    schema: confirmation,
    submit: (input) => confirmEmail(systemContextOf(c), input),
    done: ({ address, passwordChanged }) =>
      passwordChanged
        ? { to: "/login", flash: textOf(c).passwordSaved }
        : page(c, stateOf(c, { step: "done", address })),
    refusals: ["invalid", "rate_limited"],
    refused: async ({ values, errors, problem }) => {
      const state = await openState(c, values.token, values.choose_password !== undefined);
      return stateOf(
        c,
        state.step === "ask" ? { ...state, errors: problem ? { password: problem } : errors } : state,
      );
    },
  });
});

/** Sends another link to the person who is signed in, on the apex or in a workspace. */
export async function resendVerification(c: Context<HttpEnv>): Promise<Response> {
  const session = c.get("session");
  if (!session) throw unauthenticated();
  await requestVerification(systemContextOf(c), session.actor.id);
  const to = c.get("tenant") ? "/dashboard" : "/workspaces";
  return await done(c, { to, flash: textOf(c).linkSent(session.actor.email) });
}

function textOf(c: Context<HttpEnv>) {
  return verifyEmailText.of(localeOf(c));
}

function stateOf(c: Context<HttpEnv>, state: VerificationState) {
  return { title: textOf(c).title, body: <VerifyEmailPage state={state} /> };
}

async function openState(
  c: Context<HttpEnv>,
  token = "",
  wantsNewPassword: boolean,
): Promise<Exclude<VerificationState, { step: "done" }>> {
  const open = await findVerification(systemContextOf(c), token);
  if (!open) return { step: "expired" };
  const proof = open.proof === "password" && wantsNewPassword ? "new_password" : open.proof;
  return { step: "ask", address: open.address, token, proof };
}
