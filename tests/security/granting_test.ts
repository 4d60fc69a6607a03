import assert from "node:assert/strict";
import { memberActor } from "../../src/access/actor.ts";
import { includesRole } from "../../src/access/granting.ts";
import { grantsOfRole, type Role, ROLES } from "../../src/access/permissions.ts";
import type { SystemContext } from "../../src/context.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { createMember } from "../../src/identity/new_members.ts";
import type { User } from "../../src/identity/users.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { World } from "../support/world.ts";

/** Protects: nobody can grant permissions they lack, and only owners can make owners (S21). */

Deno.test("S21 granting a role requires all of its permissions; only owners can grant the owner role", () => {
  for (const granting of ROLES) {
    for (const role of ROLES) {
      const isWithin = ROLES.indexOf(granting) <= ROLES.indexOf(role);
      assert.equal(
        includesRole(PERMISSIONS, grantsOfRole(granting), role),
        isWithin,
        `${granting} grants ${role}`,
      );
    }
  }
});

Deno.test("S21 a member manager can't add an owner, and an owner can", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const people: Record<Role, User> = {
    owner: acme.owner,
    admin: await world.member(acme, "admin@acme.example", "admin"),
    member: await world.member(acme, "member@acme.example", "member"),
    viewer: await world.member(acme, "viewer@acme.example", "viewer"),
  };
  const add = async (by: Role, role: Role) => {
    const ctx = actingAs(world, people[by], acme.tenant.id, by);
    const person = { email: `${by}-adds-${role}@acme.example`, name: "New", role };
    return await createMember(await openTenant(ctx, acme.tenant.id), person, { invite: false }).then(
      () => "added",
      kindOf,
    );
  };

  assert.deepEqual([await add("owner", "owner"), await add("owner", "admin")], ["added", "added"]);
  assert.deepEqual(
    [await add("admin", "owner"), await add("admin", "admin"), await add("admin", "viewer")],
    ["forbidden", "added", "added"],
  );
  assert.deepEqual([await add("member", "viewer"), await add("viewer", "viewer")], [
    "forbidden",
    "forbidden",
  ]);

  const ofGlobex = actingAs(world, globex.owner, globex.tenant.id, "owner");
  const person = { email: "elsewhere@acme.example", name: "New", role: "viewer" } as const;
  assert.equal(
    await openTenant(ofGlobex, acme.tenant.id).then((ctx) => createMember(ctx, person, { invite: false }))
      .then(() => "added", kindOf),
    "not_found",
  );
});

/** Every permission of the product. */
const PERMISSIONS = FEATURES.flatMap(({ permissions }) => permissions);

function actingAs(world: World, { id, name, email }: User, tenantId: TenantId, role: Role): SystemContext {
  return { ...world.system, actor: memberActor({ id, name, email }, tenantId, role) };
}

function kindOf(error: { kind?: string }): string {
  return error.kind ?? String(error);
}
