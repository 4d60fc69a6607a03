import { type Context, Hono } from "hono";
import { confirmEmailChange, emailChangeLink, findEmailChange } from "../../src/identity/email_change.ts";
import { emailChangeText } from "../../views/pages/email_change/text.ts";
import {
  ConfirmEmailPage,
  type ConfirmEmailState,
} from "../../views/pages/email_change/confirm_email_page.tsx";
import { type HttpEnv, systemContextOf } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, page } from "../page.tsx";

/** The page behind the link that is emailed to a person's new address. */
export const emailChangePages = new Hono<HttpEnv>();

/** Changes nothing, because link checkers open this page, too. */
emailChangePages.get("/confirm-email", async (c) => {
  return await page(c, stateOf(c, await openState(c, c.req.query("token"))));
});

emailChangePages.post("/confirm-email", (c) => {
  return form(c, {
    schema: emailChangeLink,
    submit: (input) => confirmEmailChange(systemContextOf(c), input, c.get("device")),
    done: ({ email }) => ({ to: "/account/email", flash: emailChangeText.of(localeOf(c)).changed(email) }),
    refused: async ({ values, errors }) => {
      const state = await openState(c, values.token);
      return stateOf(c, state.step === "expired" ? state : { ...state, error: errors.token });
    },
  });
});

function stateOf(c: Context<HttpEnv>, state: ConfirmEmailState) {
  return { title: emailChangeText.of(localeOf(c)).title, body: <ConfirmEmailPage state={state} /> };
}

async function openState(c: Context<HttpEnv>, token = ""): Promise<ConfirmEmailState> {
  const change = await findEmailChange(systemContextOf(c), token);
  if (!change) return { step: "expired" };
  const step = change.isOwn ? "ask" : c.get("session") ? "sign_out" : "sign_in";
  return { step, token, ...change };
}
