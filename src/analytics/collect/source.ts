import { eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../../db/connection/connect.ts";
import { analyticsSources } from "../../../db/control/schema/analytics.ts";
import type { TenantId } from "../../../db/ids.ts";
import { authorize, authorizeReading } from "../../access/authorize.ts";
import type { TenantContext } from "../../context.ts";
import { notFound } from "../../errors.ts";
import { publish } from "../../events/publish.ts";
import { randomBase32 } from "../../platform/crypto.ts";
import { problem } from "../../platform/problem.ts";
import { apiOrigins } from "../../tenancy/api_origins.ts";
import { ANALYTICS_MANAGE } from "../permissions.ts";
import { PUBLISHABLE_KEY_REPLACED, WEBSITES_CHANGED } from "./events.ts";

const NO_SOURCE = problem("analytics_source_missing", "Add a website first.");

const KEY_PREFIX = "dnz_pub_";
const KEY_LETTERS = 26;

/** The websites whose pages may send events, and the key that their pages contain. */
export type AnalyticsSource = typeof analyticsSources.$inferSelect;

/** The websites whose pages may send events, as origins. */
export const sourceInput = z.object({ origins: apiOrigins });

/** The workspace's websites. Null until someone has added the first one. */
export async function findSource(ctx: TenantContext): Promise<AnalyticsSource | null> {
  authorizeReading(ctx, ANALYTICS_MANAGE);
  return await readSource(ctx.system.control, ctx.tenant.id);
}

/** Needs no permission, because a page's visitor has none. */
export async function readSource(control: ControlDb, tenantId: TenantId): Promise<AnalyticsSource | null> {
  const [source] = await control.select().from(analyticsSources).where(
    eq(analyticsSources.tenantId, tenantId),
  );
  return source ?? null;
}

/** Replaces the list of websites. The first time, makes the key. */
export async function saveWebsites(
  ctx: TenantContext,
  { origins }: z.output<typeof sourceInput>,
): Promise<AnalyticsSource> {
  authorize(ctx, ANALYTICS_MANAGE);
  const { system, services, tenant } = ctx;
  const now = services.clock.now();
  return await system.tx(async (tx) => {
    const [before] = await tx.select().from(analyticsSources).where(eq(analyticsSources.tenantId, tenant.id))
      .for("update");
    const [after] = await tx.insert(analyticsSources)
      .values({
        tenantId: tenant.id,
        publishableKey: newPublishableKey(),
        origins,
        createdAt: now,
        updatedAt: now,
      })
      .onConflictDoUpdate({ target: analyticsSources.tenantId, set: { origins, updatedAt: now } })
      .returning();
    await publish(system, tx, WEBSITES_CHANGED, {
      before: before && logged(ctx, before),
      after: logged(ctx, after!),
      schema: tenant.schemaName,
    });
    return after!;
  });
}

/** Makes a new key. Pages with the former one can no longer send. Throws `not_found` before the first website. */
export async function replaceKey(ctx: TenantContext): Promise<AnalyticsSource> {
  authorize(ctx, ANALYTICS_MANAGE);
  const { system, services, tenant } = ctx;
  return await system.tx(async (tx) => {
    const [source] = await tx.update(analyticsSources)
      .set({ publishableKey: newPublishableKey(), updatedAt: services.clock.now() })
      .where(eq(analyticsSources.tenantId, tenant.id)).returning();
    if (!source) throw notFound(NO_SOURCE);
    const change = { after: logged(ctx, source), schema: tenant.schemaName };
    await publish(system, tx, PUBLISHABLE_KEY_REPLACED, change);
    return source;
  });
}

export function newPublishableKey(): string {
  return KEY_PREFIX + randomBase32(KEY_LETTERS);
}

function logged({ tenant: { id, name } }: TenantContext, { origins }: AnalyticsSource) {
  return { id, name, origins: origins.join(", ") };
}
