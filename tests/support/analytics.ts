import { eq } from "drizzle-orm";
import { addAnalyticsEvents, type SentEvent } from "../../cli/demo/customers.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { Company, World } from "./world.ts";

export type { SentEvent };

/** Adds events in one batch, in this order, without the checks of the API. */
export function addEvents(_world: World, { ctx }: Company, events: SentEvent[]): Promise<void> {
  return addAnalyticsEvents(ctx, events);
}

/** The company with all of its days in another time zone. */
export async function inTimeZone(world: World, company: Company, zone: string): Promise<Company> {
  const { id } = company.tenant;
  await world.system.control.update(tenants).set({ timeZones: [{ zone, from: null }] }).where(
    eq(tenants.id, id),
  );
  world.services.use(TENANTS).forget(id);
  const tenant = { ...company.tenant, timeZones: [{ zone, from: null }] };
  return { ...company, tenant, ctx: world.acting(tenant, company.owner, "owner") };
}
