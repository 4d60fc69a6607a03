import type { ControlTx } from "../../db/connection/with_tenant.ts";
import type { SystemContext } from "../context.ts";
import { publish } from "../events/publish.ts";
import type { Tenant } from "../tenancy/tenant.ts";
import { memberActor, type Person } from "./actor.ts";
import { MEMBER_JOINED } from "./events.ts";
import { addMember } from "./members.ts";
import { type MemberRole, nameOfRole } from "./permissions.ts";

/**
 * Makes a person a member, whatever way they come. An existing member keeps their role. Returns whether they joined. Throws
 * `limit_reached`. Call `SignInCaches.forgetMember` after the commit.
 */
export async function join(
  ctx: SystemContext,
  tx: ControlTx,
  { id: tenantId, schemaName: schema }: Tenant,
  person: Person,
  role: MemberRole,
): Promise<boolean> {
  if (!await addMember(ctx, tx, { tenantId, userId: person.id, role })) return false;
  const acting = { ...ctx, actor: memberActor(person, tenantId, role) };
  const { id, name } = person;
  await publish(acting, tx, MEMBER_JOINED, {
    after: { id, name },
    details: { role: nameOfRole(role) },
    schema,
  });
  return true;
}
