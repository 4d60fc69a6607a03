import { type Context, Hono } from "hono";
import { z } from "zod";
import {
  chooseForSelf,
  eraseSelf,
  exportOwnData,
  openOwnContact,
  ownAddress,
  ownChoices,
  unsubscribeSelf,
} from "../../src/contacts/self_service.ts";
import type { TenantContext } from "../../src/context.ts";
import {
  DataPage,
  ErasedPage,
  ErasePage,
  PreferencesPage,
  UnsubscribedPage,
  UnsubscribeQuestion,
} from "../../views/pages/contact/own_pages.tsx";
import { ownContactText } from "../../views/pages/contact/text.ts";
import type { HttpEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { form, page, type RefusedForm } from "../page.tsx";
import { masked, ownContext, shownWorkspace } from "./own_context.tsx";

/** The pages behind a contact's links. The token lets its holder act as the contact, without signing in. */
export const ownContact = new Hono<HttpEnv>();

ownContact.get("/:token", (c) => preferencesPage(c, ownContext(c)));

ownContact.post("/:token", async (c) => {
  const ctx = ownContext(c);
  const { consent, lists = [] } = await c.req.parseBody({ all: true });
  const choices = ownChoices.parse({
    consent: consent === "yes",
    lists: z.array(z.uuid()).catch([]).parse([lists].flat()),
  });
  await chooseForSelf(ctx, c.req.param("token"), choices);
  return await preferencesPage(c, ctx, true);
});

ownContact.get("/:token/unsubscribe", async (c) => {
  const ctx = ownContext(c);
  const text = ownContactText.of(localeOf(c));
  const { contact } = await openOwnContact(ctx, c.req.param("token"));
  const props = { ...shownWorkspace(ctx), path: pathOf(c) };
  const body = contact.consent === "withdrawn"
    ? <UnsubscribedPage {...props} />
    : <UnsubscribeQuestion {...props} />;
  return await page(c, { title: text.unsubscribe, body });
});

/** Email clients post `List-Unsubscribe=One-Click` here (RFC 8058). Whatever the body says, a POST unsubscribes. */
ownContact.post("/:token/unsubscribe", async (c) => {
  const ctx = ownContext(c);
  await unsubscribeSelf(ctx, c.req.param("token"));
  return await page(c, {
    title: ownContactText.of(localeOf(c)).unsubscribed,
    body: <UnsubscribedPage {...shownWorkspace(ctx)} path={pathOf(c)} />,
  });
});

ownContact.get("/:token/data", async (c) => {
  const ctx = ownContext(c);
  await openOwnContact(ctx, c.req.param("token"));
  return await page(c, dataPage(c, ctx));
});

ownContact.post("/:token/data", (c) => {
  const ctx = ownContext(c);
  return form(c, {
    schema: ownAddress,
    submit: (input) => exportOwnData(ctx, c.req.param("token"), input),
    done: (data) =>
      c.body(JSON.stringify(data, null, 2), 200, {
        "Content-Type": "application/json",
        "Content-Disposition": 'attachment; filename="my-data.json"',
      }),
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => dataPage(c, ctx, refusedOf(refused)),
  });
});

ownContact.get("/:token/erase", async (c) => {
  const ctx = ownContext(c);
  await openOwnContact(ctx, c.req.param("token"));
  return await page(c, erasePage(c, ctx));
});

ownContact.post("/:token/erase", (c) => {
  const ctx = ownContext(c);
  return form(c, {
    schema: ownAddress,
    submit: (input) => eraseSelf(ctx, c.req.param("token"), input),
    done: () =>
      page(c, {
        title: ownContactText.of(localeOf(c)).erased,
        body: <ErasedPage {...shownWorkspace(ctx)} />,
      }),
    refusals: ["invalid", "rate_limited"],
    refused: (refused) => erasePage(c, ctx, refusedOf(refused)),
  });
});

async function preferencesPage(c: Context<HttpEnv, "/:token">, ctx: TenantContext, isSaved = false) {
  const { contact, lists } = await openOwnContact(ctx, c.req.param("token"));
  const props = {
    ...shownWorkspace(ctx),
    contact,
    lists,
    isSaved,
    path: pathOf(c),
    address: masked(contact.email),
  };
  return await page(c, {
    title: ownContactText.of(localeOf(c)).preferences,
    body: <PreferencesPage {...props} />,
  });
}

type RefusedAddress = { email?: string; error?: string };

function refusedOf({ values, errors, problem }: RefusedForm): RefusedAddress {
  return { email: values.email, error: errors.email ?? problem };
}

function dataPage(c: Context<HttpEnv, "/:token/data">, ctx: TenantContext, refused: RefusedAddress = {}) {
  return {
    title: ownContactText.of(localeOf(c)).download,
    body: <DataPage {...shownWorkspace(ctx)} {...refused} path={pathOf(c)} />,
  };
}

function erasePage(c: Context<HttpEnv, "/:token/erase">, ctx: TenantContext, refused: RefusedAddress = {}) {
  return {
    title: ownContactText.of(localeOf(c)).erase,
    body: <ErasePage {...shownWorkspace(ctx)} {...refused} path={pathOf(c)} />,
  };
}

function pathOf(c: Context<HttpEnv, "/:token">): string {
  return `/contact/${c.req.param("token")}`;
}
