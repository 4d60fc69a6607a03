import { eq } from "drizzle-orm";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import type { CustomRole, MemberRole, Role } from "./permissions.ts";

/** The columns of a member's role, from `memberships` with `roles` joined on `ON_CUSTOM_ROLE`. */
export const ROLE_FIELDS = {
  role: memberships.role,
  customRole: { id: roles.id, name: roles.name, permissions: roles.permissions },
};

export const ON_CUSTOM_ROLE = eq(roles.id, memberships.customRoleId);

/** The role in a row of `ROLE_FIELDS`. */
export function toRole(
  { role, customRole }: { role: Role | "custom"; customRole: CustomRole | null },
): MemberRole {
  return role === "custom" ? customRole! : role;
}

/** The opposite of `toRole`. */
export function fromRole(role: MemberRole): { role: Role | "custom"; customRole: CustomRole | null } {
  return typeof role === "string" ? { role, customRole: null } : { role: "custom", customRole: role };
}

/** The values of a membership or an invitation with the role. */
export function roleValues(role: MemberRole): { role: Role | "custom"; customRoleId: string | null } {
  return typeof role === "string" ? { role, customRoleId: null } : { role: "custom", customRoleId: role.id };
}
