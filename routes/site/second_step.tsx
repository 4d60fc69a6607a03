import { type Context, Hono } from "hono";
import { z } from "zod";
import { finishSecondStep, secondStep } from "../../src/identity/finish_second_step.ts";
import {
  emailSecondStep,
  findSecondStep,
  type OpenSecondStep,
  textSecondStep,
} from "../../src/identity/second_step.ts";
import {
  SecondStepForm,
  type SecondStepFormProps,
  SecondStepPage,
} from "../../views/pages/sign_in/second_step_page.tsx";
import { signInText } from "../../views/pages/sign_in/text.ts";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { signInBrowser } from "../middleware/session.ts";
import { done, form, type Page, page } from "../page.tsx";
import { destinationOf } from "./destination.ts";
import { passkeyHref } from "./passkey_browser.ts";
import { forgetSecondStep, SECOND_STEP_PATH, secondStepOf, sendTrust } from "./second_step_cookies.ts";

/** The id of the phone that gets the code. */
const textRequest = z.object({ phone: z.string().max(64).optional() });

/** The second step of a sign-in, on the apex and on a workspace's host. */
export const secondStepPages = new Hono<HttpEnv>();

secondStepPages.get(SECOND_STEP_PATH, async (c) => {
  const open = await findOpen(c);
  return open ? await page(c, codeForm(c, open)) : c.redirect("/login", 303);
});

secondStepPages.post(SECOND_STEP_PATH, (c) => {
  return form(c, {
    schema: secondStep,
    submit: (input, { fields }) =>
      finishSecondStep(systemContextOf(c), secondStepOf(c), input, {
        tenantId: c.get("tenant")?.id ?? null,
        trusts: fields.trust === "on",
        device: c.get("device"),
      }),
    done: async ({ user, session, trust, next }) => {
      await signInBrowser(c, session);
      forgetSecondStep(c);
      if (trust) sendTrust(c, trust);
      return { to: await destinationOf(c, user, session, next ?? undefined) };
    },
    refusals: ["invalid", "unauthenticated", "rate_limited"],
    refused: async ({ values, errors, problem }) => {
      const open = await findOpen(c);
      const error = errors.code ?? problem;
      if (open) return codeForm(c, { ...open, error, isTrusting: values.trust === "on" });
      forgetSecondStep(c);
      return await done(c, { to: "/login", flash: { kind: "info", text: error ?? textOf(c).stepEnded } });
    },
  });
});

secondStepPages.post(`${SECOND_STEP_PATH}/email`, async (c) => {
  await emailSecondStep(systemContextOf(c), "browser_sign_in", secondStepOf(c));
  return await done(c, { to: SECOND_STEP_PATH, flash: { kind: "info", text: textOf(c).codeSent } });
});

secondStepPages.post(`${SECOND_STEP_PATH}/sms`, (c) => {
  return form(c, {
    schema: textRequest,
    submit: ({ phone }) => textSecondStep(systemContextOf(c), "browser_sign_in", secondStepOf(c), phone),
    done: () => ({ to: SECOND_STEP_PATH, flash: { kind: "info", text: textOf(c).codeTexted } }),
    refusals: ["invalid", "rate_limited"],
    refused: async ({ problem }) => {
      const open = await findOpen(c);
      return open ? codeForm(c, { ...open, error: problem }) : await done(c, { to: "/login" });
    },
  });
});

function findOpen(c: Context<HttpEnv>) {
  return findSecondStep(systemContextOf(c), secondStepOf(c), c.get("tenant")?.id ?? null);
}

function codeForm(c: Context<HttpEnv>, form: OpenSecondStep & SecondStepFormProps): Page {
  return {
    title: textOf(c).stepTitle,
    body: <SecondStepPage passkeyHref={passkeyHref(c, form)} {...form} />,
    partial: <SecondStepForm {...form} />,
  };
}

function textOf(c: Context<HttpEnv>) {
  return signInText.of(localeOf(c));
}
