import { type Context, Hono } from "hono";
import {
  forgottenPassword,
  isPasswordLinkOpen,
  newPassword,
  requestPasswordLink,
  setPasswordByLink,
} from "../../src/identity/password_links.ts";
import { ForgotPasswordForm, ForgotPasswordPage } from "../../views/pages/forgot_password_page.tsx";
import {
  SetPasswordForm,
  type SetPasswordFormProps,
  SetPasswordPage,
} from "../../views/pages/set_password_page.tsx";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { done, form, page } from "../page.tsx";

export const passwordPages = new Hono<HttpEnv>();

passwordPages.get("/forgot-password", (c) => {
  return page(c, { title: "Forgot your password?", body: <ForgotPasswordPage /> });
});

passwordPages.post("/forgot-password", (c) => {
  return form(c, {
    schema: forgottenPassword,
    submit: (input) => requestPasswordLink(systemContextOf(c), input, c.get("device")),
    done: () => ({ to: "/login", flash: "If that address has an account, we sent a link to it." }),
    refused: (form) => ({
      title: "Forgot your password?",
      body: <ForgotPasswordPage {...form} />,
      partial: <ForgotPasswordForm {...form} />,
    }),
  });
});

passwordPages.get("/reset-password", async (c) => {
  const token = c.req.query("token") ?? "";
  const isOpen = await isPasswordLinkOpen(systemContextOf(c), token);
  return isOpen ? await page(c, setPassword({ token })) : await expiredLink(c);
});

passwordPages.post("/reset-password", (c) => {
  return form(c, {
    schema: newPassword,
    submit: (input) => setPasswordByLink(systemContextOf(c), input),
    done: () => ({ to: "/login?notice=password" }),
    refused: ({ values, errors }) =>
      errors.token ? expiredLink(c) : setPassword({ token: values.token ?? "", errors }),
  });
});

function setPassword(form: SetPasswordFormProps) {
  return {
    title: "Choose a password",
    body: <SetPasswordPage {...form} />,
    partial: <SetPasswordForm {...form} />,
  };
}

function expiredLink(c: Context<HttpEnv>): Promise<Response> {
  const text = "This link has been used or has expired. Request a new one.";
  return done(c, { to: "/login", flash: { kind: "info", text } });
}
