import { asc, eq } from "drizzle-orm";
import { resolveNothing } from "../../cli/demo/webhooks.ts";
import { webhookDeliveries } from "../../db/control/schema/webhooks.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { createProject, type Project } from "../../src/projects/projects.ts";
import { getDelivery } from "../../src/webhooks/deliveries.ts";
import {
  createEndpoint,
  type NewEndpoint,
  newEndpoint,
  type WithSecret,
} from "../../src/webhooks/endpoints.ts";
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

/** The emails of a kind that a company's owner got. */
export async function emailsAbout(world: World, { owner }: Company, message: string) {
  return (await world.emails(owner.email)).filter((email) => email.message === message);
}

/** Every name resolves to an address on the internet. */
export function usePublicAddresses({ services }: World): void {
  resolveNothing(services);
}
