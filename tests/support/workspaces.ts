import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { newSchemaName } from "../../db/tenant/schema_name.ts";
import type { User } from "../../src/identity/users.ts";
import { newId } from "../../src/platform/ids.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import type { World } from "./world.ts";

/**
 * Makes a user the owner of many workspaces quickly: each has a row but no schema. The user created them, or a stranger
 * gave them away.
 */
export async function stockWorkspaces(
  world: World,
  owner: User,
  count: number,
  { createdByThem = false }: { createdByThem?: boolean } = {},
): Promise<void> {
  const { control, services } = world.system;
  const now = services.clock.now();
  const [ledger] = await control.select().from(tenantSchemas).limit(1);
  const prefix = createdByThem ? "own" : "given";
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId<TenantId>(),
    name: `A ${prefix} workspace ${String(index).padStart(3, "0")}`,
    subdomain: `${prefix}-${index}`,
    schemaName: newSchemaName(),
    plan: "starter" as const,
    createdBy: createdByThem ? owner.id : null,
    createdAt: now,
    updatedAt: now,
  }));
  await control.insert(tenantSchemas).values(
    rows.map(({ schemaName }) => ({ ...ledger!, name: schemaName, claimedAt: now })),
  );
  await control.insert(tenants).values(rows);
  await control.insert(memberships).values(
    rows.map(({ id }) => ({
      id: newId(),
      tenantId: id,
      userId: owner.id,
      role: "owner" as const,
      createdAt: now,
    })),
  );
}
