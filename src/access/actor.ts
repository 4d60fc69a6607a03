import type { Role } from "./roles.ts";
import type { Brand } from "../platform/brand.ts";

export type UserId = Brand<string, "UserId">;

/** A person who is signed in, in no tenant's name. */
export type UserActor = { type: "user"; id: UserId; name: string; email: string; isPlatformAdmin: boolean };

/** A person who acts as a member of one tenant, and has no power in any other. */
export type MemberActor = {
  type: "member";
  id: UserId;
  name: string;
  email: string;
  tenantId: string;
  role: Role;
};

/** Nobody in particular: a visitor who is not signed in. */
export type VisitorActor = { type: "visitor" };

/** The product itself: the CLI and jobs. */
export type SystemActor = { type: "system"; name: string };

/** The product itself within a tenant: a job, which may do all that an owner may. */
export type TenantSystemActor = SystemActor & { role: "owner" };

/** Who may act in a tenant. */
export type TenantActor = MemberActor | TenantSystemActor;

export type Actor = UserActor | MemberActor | VisitorActor | SystemActor;

/** How a log names someone. The product itself has no id. */
export function describeActor(actor: Actor): { id: string | null; name: string } {
  if (actor.type === "visitor") return { id: null, name: "Visitor" };
  return actor.type === "system" ? { id: null, name: actor.name } : { id: actor.id, name: actor.name };
}
