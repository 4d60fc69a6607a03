import { type Context, Hono } from "hono";
import {
  findPasswordLink,
  forgottenPassword,
  newPassword,
  type OpenPasswordLink,
  requestPasswordLink,
  setPasswordByLink,
} from "../../src/identity/password_links.ts";
import { linkText, textPasswordLink } from "../../src/identity/password_link_codes.ts";
import { ForgotPasswordForm, ForgotPasswordPage } from "../../views/pages/passwords/forgot_password_page.tsx";
import { OtherAccountPage } from "../../views/pages/passwords/other_account_page.tsx";
import {
  SetPasswordForm,
  type SetPasswordFormProps,
  SetPasswordPage,
  TextCodeArea,
} from "../../views/pages/passwords/set_password_page.tsx";
import { passwordText } from "../../views/pages/passwords/text.ts";
import { type HttpEnv, readForm, systemContextOf } from "../http.ts";
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
  if ((link.isFirst || link.step) && link.isOfAnother) return await otherAccount(c, token, link);
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

passwordPages.post("/reset-password/sms", async (c) => {
  const ctx = systemContextOf(c);
  const { token = "" } = await readForm(c);
  return await form(c, {
    schema: linkText,
    refusals: ["invalid", "rate_limited"],
    submit: async (input) => {
      await textPasswordLink(ctx, input);
      return await findPasswordLink(ctx, token);
    },
    done: (link) => ({
      to: `/reset-password?${new URLSearchParams({ token })}`,
      flash: { kind: "info", text: textOf(c).codeTexted },
      partial: link?.step ? <TextCodeArea step={link.step} /> : undefined,
    }),
    refused: async ({ errors, problem }) => {
      const link = errors.token ? null : await findPasswordLink(ctx, token);
      if (!link?.step) return await expiredLink(c);
      const area = <TextCodeArea step={link.step} problem={problem} />;
      return { ...setPassword(c, { token, ...link, problem }), partial: area };
    },
  });
});

function textOf(c: Context<HttpEnv>) {
  return passwordText.of(localeOf(c));
}

function setPassword(
  c: Context<HttpEnv>,
  { token, address, isFirst, step, problem, errors }: SetPasswordFormProps,
) {
  const form = { token, address, isFirst, step, problem, errors };
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
