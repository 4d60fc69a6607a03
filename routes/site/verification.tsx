import { Hono } from "hono";
import { unauthenticated } from "../../src/errors.ts";
import {
  confirmation,
  confirmEmail,
  findVerification,
  requestVerification,
} from "../../src/identity/email_verification.ts";
import { parseInput } from "../../src/platform/input.ts";
import { type VerificationState, VerifyEmailPage } from "../../views/pages/verify_email_page.tsx";
import { sendFlash } from "../flash.ts";
import { submit } from "../forms.ts";
import { type AppContext, type AppEnv, readForm, redirect, systemContextOf } from "../http.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

/** Where people confirm that email to their address reaches them. */
export const verificationPages = new Hono<AppEnv>();

/** Changes nothing: programs that check the links in an email open this page, too. */
verificationPages.get("/verify-email", apexOnly, async (c) => {
  const token = c.req.query("token") ?? "";
  const state = await openState(c, token, c.req.query("choose_password") !== undefined);
  return render(c, <VerifyEmailPage state={state ?? { step: "expired" }} />);
});

verificationPages.post("/verify-email", apexOnly, async (c) => {
  const form = await readForm(c);
  const confirmed = await submit(async () =>
    await confirmEmail(systemContextOf(c), parseInput(confirmation, form))
  );
  if (confirmed.refusal) {
    const state = await openState(c, form.token ?? "", form.choose_password !== undefined);
    if (!state) return render(c, <VerifyEmailPage state={{ step: "expired" }} />, 422);
    return render(c, <VerifyEmailPage state={{ ...state, errors: confirmed.refusal.fields }} />, 422);
  }
  const { address, passwordChanged } = confirmed.value;
  if (!passwordChanged) return render(c, <VerifyEmailPage state={{ step: "done", address }} />);
  sendFlash(c, { kind: "success", text: "Email confirmed and password saved. Sign in to continue." });
  return redirect(c, "/login");
});

/** On any host where someone is signed in. */
verificationPages.post("/verify-email/resend", async (c) => {
  const session = c.get("session");
  if (!session) throw unauthenticated();
  await requestVerification(systemContextOf(c), session.actor.id);
  sendFlash(c, { kind: "success", text: `We sent a link to ${session.actor.email}.` });
  return redirect(c, c.get("tenant") ? "/dashboard" : "/workspaces");
});

/** Null when the link doesn't work any more. */
async function openState(
  c: AppContext,
  token: string,
  wantsNewPassword: boolean,
): Promise<Extract<VerificationState, { step: "ask" }> | null> {
  const open = await findVerification(systemContextOf(c), token);
  if (!open) return null;
  const proof = open.proof === "password" && wantsNewPassword ? "new_password" : open.proof;
  return { step: "ask", address: open.address, token, proof };
}
