import { type Context, Hono } from "hono";
import { z } from "zod";
import { contactUrl } from "../../src/contacts/links.ts";
import {
  confirmSubscription,
  getOpenList,
  listSignUp,
  openConfirmation,
  requestSubscription,
} from "../../src/contacts/sign_up_form.ts";
import {
  CheckEmailPage,
  ConfirmedPage,
  ConfirmPage,
  SubscribePage,
} from "../../views/pages/contact/own_pages.tsx";
import { ownContactText } from "../../views/pages/contact/text.ts";
import type { HttpEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, type Page, page } from "../page.tsx";
import { masked, ownContext, shownWorkspace } from "./own_context.tsx";

/** The form with which people subscribe to a list, here and on other websites, and the page that confirms it. */
export const signUpForm = new Hono<HttpEnv>();

signUpForm.get("/:list", async (c) => {
  const ctx = ownContext(c);
  const list = await getOpenList(ctx, c.req.param("list"));
  return await page(c, {
    title: ownContactText.of(localeOf(c)).subscribeTo(list.name),
    body: <SubscribePage list={list} {...shownWorkspace(ctx)} />,
  });
});

signUpForm.post("/:list", async (c) => {
  const ctx = ownContext(c);
  const list = await getOpenList(ctx, c.req.param("list"));
  const text = ownContactText.of(localeOf(c));
  return await form(c, {
    schema: listSignUp,
    submit: async (input) => {
      await requestSubscription(ctx, list.id, input);
      return input.email;
    },
    done: (email) =>
      page(c, {
        title: text.checkEmail,
        body: <CheckEmailPage address={email} mark={shownWorkspace(ctx).mark} />,
      }),
    refusals: ["invalid", "rate_limited"],
    refused: ({ values, errors, problem }) => ({
      title: text.subscribeTo(list.name),
      body: (
        <SubscribePage
          list={list}
          values={values}
          errors={errors}
          problem={problem}
          {...shownWorkspace(ctx)}
        />
      ),
    }),
  });
});

signUpForm.get("/confirm/:token", async (c) => await page(c, await confirmPage(c)));

signUpForm.post("/confirm/:token", async (c) => {
  const ctx = ownContext(c);
  const { list } = await openConfirmation(ctx, c.req.param("token"));
  return await form(c, {
    schema: z.object({}),
    submit: () => confirmSubscription(ctx, c.req.param("token")),
    done: (contactId) =>
      page(c, {
        title: ownContactText.of(localeOf(c)).confirmed,
        body: <ConfirmedPage list={list} path={contactUrl(ctx, contactId)} {...shownWorkspace(ctx)} />,
      }),
    refusals: ["limit_reached"],
    refused: ({ problem }) => confirmPage(c, problem),
  });
});

async function confirmPage(c: Context<HttpEnv, "/confirm/:token">, problem?: string): Promise<Page> {
  const ctx = ownContext(c);
  const token = c.req.param("token");
  const { list, email } = await openConfirmation(ctx, token);
  return {
    title: ownContactText.of(localeOf(c)).confirm,
    body: (
      <ConfirmPage
        token={token}
        list={list}
        address={masked(email)}
        problem={problem}
        {...shownWorkspace(ctx)}
      />
    ),
  };
}
