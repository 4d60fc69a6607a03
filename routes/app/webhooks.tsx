import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { browseDeliveries, DELIVERY_LIST } from "../../src/webhooks/deliveries.ts";
import type { Endpoint } from "../../src/webhooks/endpoint_rows.ts";
import {
  createEndpoint,
  deleteEndpoint,
  ENDPOINT_LIST,
  getEndpoint,
  listEndpoints,
  newEndpoint,
  rotateSecret,
  updateEndpoint,
} from "../../src/webhooks/endpoints.ts";
import { listEventTypes } from "../../src/webhooks/event_catalog.ts";
import { nounOf } from "../../src/webhooks/event_filter.ts";
import { getEndpointHealth, NO_EVENTS } from "../../src/webhooks/health.ts";
import { WEBHOOKS, WEBHOOKS_MANAGE } from "../../src/webhooks/permissions.ts";
import { parseHeaderLines } from "../../src/webhooks/request_headers.ts";
import { DeleteWebhookPage, RotateSecretPage } from "../../views/pages/webhooks/confirm_pages.tsx";
import { DeliveryList } from "../../views/pages/webhooks/delivery_list.tsx";
import {
  EndpointForm,
  type EndpointFormProps,
  type EndpointValues,
} from "../../views/pages/webhooks/endpoint_form.tsx";
import { EndpointActions, EndpointPage } from "../../views/pages/webhooks/endpoint_page.tsx";
import { SecretPage } from "../../views/pages/webhooks/secret_page.tsx";
import { webhookText } from "../../views/pages/webhooks/text.ts";
import { type DeliveryView, WEBHOOKS_PATH as PATH } from "../../views/pages/webhooks/webhook_address.ts";
import { NewWebhookLink, WebhooksPage } from "../../views/pages/webhooks/webhooks_page.tsx";
import type { Fields, MemberEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const ROWS_PER_PAGE = 25;

/** The checked events arrive as one field, separated by spaces. */
const endpointForm = z.object({
  url: z.string().default(""),
  description: newEndpoint.shape.description,
  events: z.string().default(""),
  headers: z.string().default(""),
  clearHeaders: z.string().default(""),
  rateLimit: z.string().trim().default(""),
});
type EndpointInput = z.output<typeof endpointForm>;

const pages = new MemberPages({
  label: (locale) => webhookText.of(locale).title,
  href: PATH,
  icon: "bolt",
  group: "developers",
  position: 20,
  permission: WEBHOOKS_MANAGE,
});
export default pages;

pages.get("/developers/webhooks", async (c) => {
  const ctx = c.get("member");
  const [{ items }, health] = await Promise.all([
    listEndpoints(ctx, ENDPOINT_LIST.query.parse({ limit: MAX_PAGE_SIZE })),
    getEndpointHealth(ctx),
  ]);
  const isIncluded = isEntitled(ctx, WEBHOOKS);
  return await page(c, {
    title: textOf(c).title,
    actions: isIncluded ? <NewWebhookLink /> : undefined,
    body: (
      <WebhooksPage
        endpoints={items.map((endpoint) => ({ ...endpoint, health: health.get(endpoint.id) ?? NO_EVENTS }))}
        missingPlan={isIncluded ? undefined : planOf(WEBHOOKS.from).name}
      />
    ),
  });
});

pages.get("/developers/webhooks/new", (c) => {
  const ctx = c.get("member");
  authorize(ctx, WEBHOOKS_MANAGE);
  requireFeature(ctx, WEBHOOKS);
  return page(c, formPage(c, { values: { events: ["*"] } }));
});

pages.post("/developers/webhooks", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, WEBHOOKS_MANAGE);
  return await form(c, {
    schema: endpointForm,
    fields: await readEndpointForm(c),
    submit: (input, { idFor }) =>
      createEndpoint(
        ctx,
        { ...commonFields(input), headers: parseHeaderLines(input.headers) },
        idFor("webhook"),
      ),
    done: (created) => page(c, secretPage(c, created, { isRotated: false })),
    refusals: ["invalid", "conflict"],
    refused: (refused) => formPage(c, refilled(refused)),
  });
});

pages.get("/developers/webhooks/:id", async (c) => {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  const list = await showDeliveries(c, endpoint.id);
  const isIncluded = isEntitled(ctx, WEBHOOKS);
  return await page(c, {
    title: new URL(endpoint.url).host,
    trail: trailOf(c),
    actions: <EndpointActions endpoint={endpoint} isIncluded={isIncluded} />,
    body: <EndpointPage endpoint={endpoint} list={list} now={list.now} />,
    partial: <DeliveryList {...list} />,
  });
});

pages.get("/developers/webhooks/:id/edit", async (c) => {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  requireFeature(ctx, WEBHOOKS);
  const { url, description, events, rateLimit } = endpoint;
  const values = { url, description, events, rate_limit: rateLimit === null ? "" : String(rateLimit) };
  return await page(c, formPage(c, { endpoint: editedOf(endpoint), values }));
});

pages.post("/developers/webhooks/:id", async (c) => {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  return await form(c, {
    schema: endpointForm,
    fields: await readEndpointForm(c),
    submit: (input) => updateEndpoint(ctx, endpoint.id, { ...commonFields(input), ...newHeaders(input) }),
    done: ({ id }) => ({ to: `${PATH}/${id}`, flash: textOf(c).saved }),
    refused: (refused) => formPage(c, { endpoint: editedOf(endpoint), ...refilled(refused) }),
  });
});

pages.post("/developers/webhooks/:id/status", async (c) => {
  const ctx = c.get("member");
  const { id } = await getEndpoint(ctx, c.req.param("id"));
  const { status: wanted } = await c.req.parseBody();
  const status = wanted === "active" ? "active" : "disabled";
  await updateEndpoint(ctx, id, { status });
  const { turnedOn, turnedOff } = textOf(c);
  return await done(c, { to: `${PATH}/${id}`, flash: status === "active" ? turnedOn : turnedOff });
});

pages.get("/developers/webhooks/:id/secret", async (c) => await page(c, await rotatePage(c)));

pages.post("/developers/webhooks/:id/secret", (c) =>
  form(c, {
    schema: z.object({}),
    submit: (_, { idFor }) => rotateSecret(c.get("member"), c.req.param("id"), idFor("webhook secret")),
    done: (rotated) => page(c, secretPage(c, rotated, { isRotated: true })),
    refused: () => rotatePage(c),
  }));

pages.get("/developers/webhooks/:id/delete", async (c) => {
  const endpoint = await getEndpoint(c.get("member"), c.req.param("id"));
  return await page(c, {
    title: textOf(c).remove,
    trail: trailOf(c, endpoint),
    body: <DeleteWebhookPage id={endpoint.id} host={new URL(endpoint.url).host} />,
  });
});

pages.post("/developers/webhooks/:id/delete", async (c) => {
  const { url } = await deleteEndpoint(c.get("member"), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted(new URL(url).host) });
});

/** What the list of deliveries at the page's address shows. */
async function showDeliveries(c: Context<MemberEnv>, endpointId: string) {
  const ctx = c.get("member");
  const { status, cursor } = readListAddress(c.req.query(), DELIVERY_LIST);
  const query = { ...DELIVERY_LIST.query.parse({ limit: ROWS_PER_PAGE }), status, cursor, endpointId };
  const { items, tabs, ...shown } = await browseDeliveries(ctx, query);
  const view: DeliveryView = { status: status ?? "all" };
  const now = ctx.services.clock.now();
  return { endpointId, deliveries: items, pages: shown, counts: tabs, view, now };
}

async function readEndpointForm(c: Context<MemberEnv>): Promise<Fields> {
  const { events, ...fields } = await c.req.parseBody({ all: true });
  const texts = Object.entries(fields).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  const chosen = [events ?? []].flat().filter((each) => typeof each === "string");
  return { ...Object.fromEntries(texts), events: chosen.join(" ") };
}

function commonFields({ url, description, events, rateLimit }: EndpointInput) {
  return {
    url: url.trim(),
    description: description.trim(),
    events: chosenIn(events),
    rateLimit: rateLimit === "" ? null : Number(rateLimit),
  };
}

/** Empty means that the headers stay as they are, because the form doesn't show their values. */
function newHeaders({ headers, clearHeaders }: EndpointInput) {
  if (clearHeaders) return { headers: {} };
  return headers.trim() === "" ? {} : { headers: parseHeaderLines(headers) };
}

function chosenIn(events: string): string[] {
  return events.split(" ").filter(Boolean);
}

/** Headers may contain credentials, so they are typed again. */
function refilled(
  { values, ...refused }: RefusedForm,
): { values: EndpointValues } & Omit<RefusedForm, "values"> {
  return { values: { ...values, headers: "", events: chosenIn(values.events ?? "") }, ...refused };
}

function editedOf({ id, headers }: Endpoint): EndpointFormProps["endpoint"] {
  return { id, headerNames: Object.keys(headers) };
}

function formPage(c: Context<MemberEnv>, props: Omit<EndpointFormProps, "choices">): Page {
  const choices = listEventTypes(c.get("member"))
    .map(({ id: type, description }) => ({ type, noun: nounOf(type), description }));
  return {
    title: props.endpoint ? textOf(c).edit : textOf(c).new,
    trail: trailOf(c),
    body: <EndpointForm choices={choices} {...props} />,
  };
}

async function rotatePage(c: Context<MemberEnv, "/:id">): Promise<Page> {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  requireFeature(ctx, WEBHOOKS);
  const { id, previousSecretUntil: until } = endpoint;
  const formerUntil = until && until > ctx.services.clock.now() ? until : undefined;
  return {
    title: textOf(c).rotate,
    trail: trailOf(c, endpoint),
    body: <RotateSecretPage id={id} formerUntil={formerUntil} />,
  };
}

function secretPage(
  c: Context<MemberEnv>,
  { id, url, secret }: { id: string; url: string; secret: string },
  { isRotated }: { isRotated: boolean },
): Page {
  return {
    title: textOf(c).secret,
    trail: trailOf(c, { id, url }),
    flash: isRotated ? undefined : { kind: "success", text: textOf(c).created(new URL(url).host) },
    body: <SecretPage id={id} secret={secret} isRotated={isRotated} />,
  };
}

function trailOf(c: Context<MemberEnv>, endpoint?: { id: string; url: string }) {
  const list = { label: textOf(c).title, href: PATH };
  return endpoint ? [list, { label: new URL(endpoint.url).host, href: `${PATH}/${endpoint.id}` }] : [list];
}

function textOf(c: Context<MemberEnv>) {
  return webhookText.of(localeOf(c));
}
