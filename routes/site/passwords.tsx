import { type Context, Hono } from "hono";
import {
  findPasswordLink,
  forgottenPassword,
  newPassword,
  type OpenPasswordLink,
  requestPasswordLink,
  setPasswordByLink,
} from "../../src/identity/password_links.ts";
import { ForgotPasswordForm, ForgotPasswordPage } from "../../views/pages/passwords/forgot_password_page.tsx";
import { OtherAccountPage } from "../../views/pages/passwords/other_account_page.tsx";
import {
  SetPasswordForm,
  type SetPasswordFormProps,
  SetPasswordPage,
} from "../../views/pages/passwords/set_password_page.tsx";
import { passwordText } from "../../views/pages/passwords/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { rememberBrowser, signInBrowser } from "../middleware/session.ts";
import { done, form, page } from "../page.tsx";

export const passwordPages = new Hono<HttpEnv>();

passwordPages.get("/forgot-password", (c) => {
  const { forgotTitle: title, forgotDescription: description } = textOf(c);
  return page(c, { title, description, body: <ForgotPasswordPage /> });
});

passwordPages.post("/forgot-password", (c) => {
  return form(c, {
    schema: forgottenPassword,
    refusals: ["invalid", "rate_limited"],
    submit: (input) => requestPasswordLink(systemContextOf(c), input, c.get("device")),
    done: () => ({ to: "/login", flash: textOf(c).linkSent }),
    refused: (form) => ({
      title: textOf(c).forgotTitle,
      body: <ForgotPasswordPage {...form} />,
      partial: <ForgotPasswordForm {...form} />,
    }),
  });
});

/** Changes nothing, because link checkers open this page, too. */
passwordPages.get("/reset-password", async (c) => {
  const token = c.req.query("token") ?? "";
  const link = await findPasswordLink(systemContextOf(c), token);
  if (!link) return await expiredLink(c);
  if ((link.isFirst || link.asksForCode) && link.isOfAnother) return await otherAccount(c, token, link);
  return await page(c, setPassword(c, { token, ...link }));
});

passwordPages.post("/reset-password", (c) => {
  const ctx = systemContextOf(c);
  return form(c, {
    schema: newPassword,
    submit: (input) => setPasswordByLink(ctx, input, c.get("device")),
    done: async (outcome) => {
      if (outcome.next === "sign_in") {
        rememberBrowser(c, outcome.userId);
        return { to: "/login?notice=password" };
      }
      await signInBrowser(c, outcome.session);
      return { to: outcome.url };
    },
    refused: async ({ values: { token = "" }, errors }) => {
      const link = errors.token ? null : await findPasswordLink(ctx, token);
      return link ? setPassword(c, { token, ...link, errors }) : await expiredLink(c);
    },
  });
});

function textOf(c: Context<HttpEnv>) {
  return passwordText.of(localeOf(c));
}

function setPassword(
  c: Context<HttpEnv>,
  { token, address, isFirst, asksForCode, errors }: SetPasswordFormProps,
) {
  const form = { token, address, isFirst, asksForCode, errors };
  return {
    title: textOf(c).chooseTitle,
    body: <SetPasswordPage {...form} />,
    partial: <SetPasswordForm {...form} />,
  };
}

function otherAccount(
  c: Context<HttpEnv>,
  token: string,
  { address }: OpenPasswordLink,
): Response | Promise<Response> {
  const current = c.get("session")?.actor.email ?? "";
  const body = <OtherAccountPage current={current} address={address} token={token} />;
  return page(c, { title: textOf(c).otherTitle, body, status: 409 });
}

function expiredLink(c: Context<HttpEnv>): Promise<Response> {
  return done(c, { to: "/login", flash: { kind: "info", text: textOf(c).expired } });
}
