import { Hono } from "hono";
import { DomainError } from "../../src/errors.ts";
import {
  forgottenPassword,
  isPasswordLinkOpen,
  newPassword,
  requestPasswordLink,
  setPasswordByLink,
} from "../../src/identity/password_links.ts";
import { parseInput } from "../../src/platform/input.ts";
import { ForgotPasswordForm, ForgotPasswordPage } from "../../views/pages/forgot_password_page.tsx";
import { SetPasswordForm, SetPasswordPage } from "../../views/pages/set_password_page.tsx";
import { type AppContext, type AppEnv, isPartial, readForm, redirect, systemContextOf } from "../http.ts";
import { sendFlash } from "../flash.ts";
import { refusedFields } from "../forms.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

export const passwordPages = new Hono<AppEnv>();

passwordPages.get("/forgot-password", apexOnly, (c) => render(c, <ForgotPasswordPage />));

passwordPages.post("/forgot-password", apexOnly, async (c) => {
  const form = await readForm(c);
  try {
    await requestPasswordLink(systemContextOf(c), parseInput(forgottenPassword, form), c.get("device"));
  } catch (error) {
    const props = { values: form, errors: refusedFields(error) };
    return render(
      c,
      isPartial(c) ? <ForgotPasswordForm {...props} /> : <ForgotPasswordPage {...props} />,
      422,
    );
  }
  sendFlash(c, {
    kind: "success",
    text: "If that address has an account, we sent a link to it.",
  });
  return redirect(c, "/login");
});

passwordPages.get("/reset-password", apexOnly, async (c) => {
  const token = c.req.query("token") ?? "";
  const open = await isPasswordLinkOpen(systemContextOf(c), token);
  return open ? render(c, <SetPasswordPage token={token} />) : expiredLink(c);
});

passwordPages.post("/reset-password", apexOnly, async (c) => {
  const form = await readForm(c);
  try {
    await setPasswordByLink(systemContextOf(c), parseInput(newPassword, form));
    return redirect(c, "/login?notice=password");
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "invalid") throw error;
    if (error.fields.token) return expiredLink(c);
    const props = { token: form.token ?? "", errors: error.fields };
    return render(c, isPartial(c) ? <SetPasswordForm {...props} /> : <SetPasswordPage {...props} />, 422);
  }
});

function expiredLink(c: AppContext): Response {
  sendFlash(c, { kind: "info", text: "This link has been used or has expired. Ask for a new one." });
  return redirect(c, "/login");
}
