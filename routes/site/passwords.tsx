import { Hono } from "hono";
import { DomainError } from "../../src/errors.ts";
import { isPasswordLinkOpen, newPassword, setPasswordByLink } from "../../src/identity/password_links.ts";
import { parseInput } from "../../src/platform/input.ts";
import { SetPasswordForm, SetPasswordPage } from "../../views/pages/set_password_page.tsx";
import { type AppContext, type AppEnv, isPartial, readForm, redirect, systemContextOf } from "../http.ts";
import { sendFlash } from "../flash.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

export const passwordPages = new Hono<AppEnv>();

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
