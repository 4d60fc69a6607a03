import { asc, eq } from "drizzle-orm";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import { SECOND, systemClock } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { createProject, type Project } from "../../src/projects/projects.ts";
import { getDelivery } from "../../src/webhooks/deliveries.ts";
import { readEndpoint } from "../../src/webhooks/endpoint_rows.ts";
import {
  createEndpoint,
  type NewEndpoint,
  newEndpoint,
  type WithSecret,
} from "../../src/webhooks/endpoints.ts";
import { eventTypes } from "../../src/webhooks/event_filter.ts";
import { addDeliveries } from "../../src/webhooks/fan_out.ts";
import { recordAttempt } from "../../src/webhooks/record_attempt.ts";
import { RESOLVER } from "../../src/webhooks/target.ts";
import { type Company, World } from "./world.ts";

/** A world in which webhooks may go to this machine. It starts now, because receivers refuse old signatures. */
export async function openWebhookWorld(): Promise<World> {
  const world = await World.open({ WEBHOOKS_ALLOW_PRIVATE: "1" });
  world.clock.advance(systemClock.now().getTime() - world.clock.now().getTime());
  return world;
}

/** A webhook of a company to a receiver, by default for all events. */
export function addWebhook(
  { ctx }: Company,
  url: string,
  input: Partial<NewEndpoint> = {},
): Promise<WithSecret> {
  return createEndpoint(ctx, newEndpoint.parse({ url, events: ["*"], ...input }));
}

/** A change that webhooks send: a new project. */
export function addProject({ ctx }: Company, name = "Apollo"): Promise<Project> {
  return createProject(ctx, { name, description: "", status: "active" });
}

/** A company's deliveries, the oldest first. */
export async function deliveriesOf(world: World, { tenant }: Company) {
  return await world.system.control.select().from(webhookDeliveries)
    .where(eq(webhookDeliveries.tenantId, tenant.id))
    .orderBy(asc(webhookDeliveries.createdAt), asc(webhookDeliveries.id));
}

/** Every attempt of a delivery, the first first. */
export async function attemptsOf({ ctx }: Company, id: string) {
  return (await getDelivery(ctx, id)).attempts.toReversed();
}

/** What a receiver that people see in pictures answers. */
type Answered = { status: number; body?: string };

/**
 * Two webhooks of a company with a few deliveries: one that works, and one whose receiver is down. Returns the ids of the failing
 * webhook and of one of its deliveries. No name is resolved, and nothing is sent.
 */
export async function showWebhooks(
  world: World,
  company: Company,
): Promise<{ endpointId: string; deliveryId: string }> {
  usePublicAddresses(world);
  const warehouse = await addWebhook(company, "https://hooks.warehouse.example/denizen", {
    description: "Updates the warehouse board",
    events: ["project.*", "member.joined"],
    headers: { Authorization: "Bearer example" },
  });
  const finance = await addWebhook(company, "https://erp.finance.example/events/denizen", { rateLimit: 5 });
  const samples = eventTypes(world.services);
  let deliveryId = "";
  for (const [index, { type, sample: data }] of samples.entries()) {
    await pretend(company, warehouse.id, { type, data }, [{ status: 200, body: '{"received":true}' }]);
    const isDown = index >= samples.length - 3;
    const down = { status: 503, body: "Service Unavailable" };
    deliveryId = await pretend(
      company,
      finance.id,
      { type, data },
      isDown ? [down, down] : [{ status: 204 }],
    );
  }
  return { endpointId: finance.id, deliveryId };
}

/** Every name resolves to an address on the internet. */
export function usePublicAddresses({ services }: World): void {
  services.use(RESOLVER).resolve = () => Promise.resolve(["93.184.215.14"]);
}

/** Records a delivery of an event as if the receiver had answered each attempt like this. */
async function pretend(
  { ctx }: Company,
  endpointId: string,
  event: { type: string; data: Record<string, unknown> },
  answers: Answered[],
): Promise<string> {
  const now = ctx.services.clock.now();
  const endpoint = await readEndpoint(ctx.system.control, ctx.tenant.id, endpointId);
  const [delivery] = await ctx.system.tx((tx) =>
    addDeliveries(ctx, tx, { id: newId(), at: now.toISOString(), ...event }, [endpoint])
  );
  for (const [index, { status, body = "" }] of answers.entries()) {
    const headers = { "content-type": body.startsWith("{") ? "application/json" : "text/plain" };
    const sent = { answer: { status, headers, body }, failure: null, milliseconds: 87 + 41 * index };
    const requestHeaders = {
      "webhook-id": delivery!.eventId,
      "webhook-timestamp": String(now.getTime() / SECOND | 0),
    };
    const work = { delivery: { ...delivery!, attempts: index }, endpoint, body: "" };
    await recordAttempt(ctx, work, { number: index + 1, at: now, sent, requestHeaders });
  }
  return delivery!.id;
}
