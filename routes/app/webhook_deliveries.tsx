import type { Context } from "hono";
import { z } from "zod";
import { requireFeature } from "../../src/billing/plan_features.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { problem } from "../../src/platform/problem.ts";
import { getDelivery, replayEndpoint, resend } from "../../src/webhooks/deliveries.ts";
import { getEndpoint } from "../../src/webhooks/endpoints.ts";
import { listEventTypes } from "../../src/webhooks/event_catalog.ts";
import { TEST_EVENT } from "../../src/webhooks/event_filter.ts";
import { WEBHOOKS } from "../../src/webhooks/permissions.ts";
import { sendTestEvent } from "../../src/webhooks/test_event.ts";
import { ReplayPage, type ReplayPageProps } from "../../views/pages/webhooks/confirm_pages.tsx";
import { DeliveryPage, ResendAction } from "../../views/pages/webhooks/delivery_page.tsx";
import { EventsPage } from "../../views/pages/webhooks/events_page.tsx";
import { webhookText } from "../../views/pages/webhooks/text.ts";
import { deliveryPath, WEBHOOKS_PATH as PATH } from "../../views/pages/webhooks/webhook_address.ts";
import type { MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const SINCE_MISSING = problem("webhook_replay_since_missing", "Enter a day and a time.");

/** A time as `<input type=datetime-local>` sends it, in UTC. */
const replayForm = z.object({
  only: z.enum(["failed", "all"]).default("failed"),
  since: z.iso.datetime({ local: true, error: SINCE_MISSING.code }),
});

/** What was sent to the workspace's webhooks, and sending it again. */
const pages = new MemberPages();
export default pages;

pages.get("/developers/webhooks/events", async (c) => {
  const events = listEventTypes(c.get("member"));
  return await page(c, {
    title: textOf(c).events,
    trail: trailOf(c),
    body: <EventsPage events={events} />,
  });
});

pages.get("/developers/webhooks/deliveries/:id", async (c) => {
  const ctx = c.get("member");
  const details = await getDelivery(ctx, c.req.param("id"));
  const { delivery, endpoint } = details;
  const canResend = delivery.status !== "pending" && endpoint.status === "active";
  return await page(c, {
    title: textOf(c).delivery,
    trail: trailOf(c, endpoint),
    actions: canResend ? <ResendAction id={delivery.id} /> : undefined,
    body: <DeliveryPage {...details} now={ctx.services.clock.now()} />,
  });
});

pages.post("/developers/webhooks/deliveries/:id/resend", async (c) => {
  const { id } = await resend(c.get("member"), c.req.param("id"));
  return await done(c, { to: deliveryPath(id), flash: textOf(c).resent });
});

pages.post("/developers/webhooks/:id/test", async (c) => {
  const delivery = await sendTestEvent(c.get("member"), c.req.param("id"), { event: TEST_EVENT });
  return await done(c, {
    to: `${PATH}/${delivery.endpointId}`,
    flash: {
      kind: "success",
      text: textOf(c).testSent,
      link: { href: deliveryPath(delivery.id), label: textOf(c).delivery },
    },
  });
});

pages.get("/developers/webhooks/:id/replay", async (c) => {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  requireFeature(ctx, WEBHOOKS);
  const since = (endpoint.failingSince ?? after(ctx.services.clock.now(), -DAY)).toISOString().slice(0, 16);
  return await page(c, replayPage(c, endpoint, { values: { since } }));
});

pages.post("/developers/webhooks/:id/replay", async (c) => {
  const ctx = c.get("member");
  const endpoint = await getEndpoint(ctx, c.req.param("id"));
  return await form(c, {
    schema: replayForm,
    submit: ({ since, only }) => replayEndpoint(ctx, endpoint.id, { since: `${since}Z`, only }),
    done: (count) => ({ to: `${PATH}/${endpoint.id}`, flash: textOf(c).replayed(count) }),
    refusals: ["invalid", "conflict"],
    refused: (refused) => replayPage(c, endpoint, refused),
  });
});

function replayPage(
  c: Context<MemberEnv>,
  endpoint: { id: string; url: string },
  props: Omit<ReplayPageProps, "id">,
): Page {
  return {
    title: textOf(c).replay,
    trail: trailOf(c, endpoint),
    body: <ReplayPage id={endpoint.id} {...props} />,
  };
}

function trailOf(c: Context<MemberEnv>, endpoint?: { id: string; url: string }) {
  const list = { label: textOf(c).title, href: PATH };
  return endpoint ? [list, { label: new URL(endpoint.url).host, href: `${PATH}/${endpoint.id}` }] : [list];
}

function textOf(c: Context<MemberEnv>) {
  return webhookText.of(localeOf(c));
}
