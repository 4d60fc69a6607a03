import { Hono } from "hono";
import {
  addressOfVerificationLink,
  requestVerification,
  verifyEmail,
} from "../../src/identity/email_verification.ts";
import { unauthenticated } from "../../src/errors.ts";
import { VerifyEmailPage } from "../../views/pages/verify_email_page.tsx";
import { sendFlash } from "../flash.ts";
import { refusedFields } from "../forms.ts";
import { type AppEnv, readForm, redirect, systemContextOf } from "../http.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

/** Where people confirm that mail to their address reaches them. */
export const verificationPages = new Hono<AppEnv>();

/** Looking changes nothing: programs that check the links of a mail do that as well. */
verificationPages.get("/verify-email", apexOnly, async (c) => {
  const token = c.req.query("token") ?? "";
  const address = await addressOfVerificationLink(systemContextOf(c), token);
  return render(
    c,
    <VerifyEmailPage state={address ? { step: "ask", address, token } : { step: "expired" }} />,
  );
});

verificationPages.post("/verify-email", apexOnly, async (c) => {
  const { token = "" } = await readForm(c);
  const ctx = systemContextOf(c);
  const address = await addressOfVerificationLink(ctx, token) ?? "";
  try {
    await verifyEmail(ctx, token);
  } catch (error) {
    refusedFields(error);
    return render(c, <VerifyEmailPage state={{ step: "expired" }} />, 422);
  }
  return render(c, <VerifyEmailPage state={{ step: "done", address }} />);
});

/** On any host where someone is signed in. */
verificationPages.post("/verify-email/resend", async (c) => {
  const session = c.get("session");
  if (!session) throw unauthenticated();
  await requestVerification(systemContextOf(c), session.actor.id);
  sendFlash(c, { kind: "success", text: `A mail to ${session.actor.email} is on its way.` });
  return redirect(c, c.get("tenant") ? "/dashboard" : "/workspaces");
});
