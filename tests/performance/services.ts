import type { Database } from "../../db/connection/connect.ts";
import { systemActor } from "../../src/access/actor.ts";
import { parseConfig } from "../../src/config.ts";
import { type SystemContext, systemContext } from "../../src/context.ts";
import { findOrCreateUser } from "../../src/identity/users.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { newId } from "../../src/platform/ids.ts";
import { buildServices } from "../../src/services.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { createTenant, newTenant } from "../../src/tenancy/tenants.ts";

/** The product without its routes, on a database that the caller closes. The pool of ready schemas isn't refilled. */
export async function openSystem(db: Database): Promise<SystemContext> {
  const config = parseConfig({ DENO_ENV: "test", TENANT_POOL_SIZE: "0" });
  const services = await buildServices(config, systemClock, db, () => Promise.resolve());
  return systemContext(services, systemActor("bench"), newId());
}

/** A new company with a new owner. */
export async function signUp(ctx: SystemContext): Promise<Tenant> {
  const subdomain = `new-${randomBase32(12)}`;
  const account = { email: `owner@${subdomain}.example`, name: "Owner", passwordHash: null };
  const findOwner: Parameters<typeof createTenant>[2] = async (tx) =>
    (await findOrCreateUser(ctx, tx, account)).user;
  return await createTenant(ctx, newTenant.parse({ name: "New company", subdomain }), findOwner);
}
