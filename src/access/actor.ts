import type { AUTHENTICATION_METHODS } from "../../db/control/schema/identity.ts";
import type { UserId } from "../../db/ids.ts";
import type { TenantId } from "../tenancy/tenant.ts";
import {
  EVERYTHING,
  type Grants,
  grantsForSupport,
  grantsOfKey,
  grantsOfRole,
  type MemberRole,
  NOTHING,
  STAFF,
  type SupportAccess,
} from "./permissions.ts";

export type { UserId };

/** The data that an actor can access: every tenant, their own account, or one tenant. */
export type Scope =
  | { readonly type: "platform" }
  | { readonly type: "account" }
  | { readonly type: "tenant"; readonly tenantId: TenantId };

/** Every actor's permissions and scope, fixed at authentication. */
type Authority = { readonly permissions: Grants; readonly scope: Scope };

/** How a person can prove who they are. */
export type AuthenticationMethod = typeof AUTHENTICATION_METHODS[number];

/** When and how a person last proved who they are. `signInId` names the sign-in of their browser or program. */
export type Authentication = {
  readonly at: Date;
  readonly methods: readonly AuthenticationMethod[];
  readonly signInId: string;
};

/** Without `authentication`, a person counts as not having proved who they are. */
export type Person = { id: UserId; name: string; email: string; authentication?: Authentication };

/** A person who is signed in, outside any tenant. */
export type UserActor = Authority & Person & { type: "user" };

/** A person of the platform's staff, in the back office. */
export type StaffActor = Authority & Person & { type: "staff" };

/** A person who acts as a member of one tenant, without permissions in any other. */
export type MemberActor = Authority & Person & { type: "member"; tenantId: TenantId; role: MemberRole };

/** What a person of the platform's staff may do for a member, and until when. */
export type SupportVisit = {
  readonly id: string;
  readonly staff: { readonly id: UserId; readonly name: string; readonly email: string };
  readonly access: SupportAccess;
  readonly until: Date;
};

/**
 * A person of the platform's staff who acts for a member, in one tenant and for a short time. Its id, name and email are the
 * member's. It never has a member's `authentication`, so it can't do what needs a recent sign-in.
 */
export type ActingActor = Authority & Person & {
  type: "acting";
  tenantId: TenantId;
  role: MemberRole;
  visit: SupportVisit;
};

/** An API key as its actor. `permissions` are the keys of what it may do as long as its creator may do so, too. */
export type ActingKey = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
};

/** A program with an API key, in one tenant. What it does is done in the name of the member who created the key. */
export type KeyActor = Authority & {
  type: "key";
  tenantId: TenantId;
  key: ActingKey;
  creator: Pick<Person, "id" | "name" | "email">;
};

/** Who uses a workspace's pages. */
export type WorkspaceActor = MemberActor | ActingActor;

/** Someone who is not signed in. */
export type VisitorActor = Authority & { type: "visitor" };

/** The product itself: the CLI, a schedule or a job. `job` names the job, and `operator` who runs the CLI. */
export type SystemActor = Authority & { type: "system"; name: string; job?: string; operator?: string };

export type Actor =
  | UserActor
  | StaffActor
  | MemberActor
  | ActingActor
  | KeyActor
  | VisitorActor
  | SystemActor;

/** Who may act in a tenant. */
export type TenantActor = WorkspaceActor | KeyActor | StaffActor | SystemActor;

const PLATFORM: Scope = { type: "platform" };
const ACCOUNT: Scope = { type: "account" };

export const VISITOR: VisitorActor = { type: "visitor", permissions: NOTHING, scope: ACCOUNT };

export function userActor({ id, name, email, authentication }: Person): UserActor {
  return { type: "user", id, name, email, authentication, permissions: NOTHING, scope: ACCOUNT };
}

export function staffActor({ id, name, email, authentication }: Person): StaffActor {
  return { type: "staff", id, name, email, authentication, permissions: STAFF, scope: PLATFORM };
}

export function memberActor(
  { id, name, email, authentication }: Person,
  tenantId: TenantId,
  role: MemberRole,
): MemberActor {
  const scope = { type: "tenant", tenantId } as const;
  const permissions = grantsOfRole(role);
  return { type: "member", id, name, email, authentication, tenantId, role, permissions, scope };
}

export function actingActor(
  { id, name, email }: Person,
  tenantId: TenantId,
  role: MemberRole,
  visit: SupportVisit,
): ActingActor {
  const scope = { type: "tenant", tenantId } as const;
  const permissions = grantsForSupport(role, visit.access);
  return { type: "acting", id, name, email, tenantId, role, visit, permissions, scope };
}

/** `role` is the creator's: the key never has a permission that the creator lacks. */
export function keyActor(
  { id, name, email }: KeyActor["creator"],
  tenantId: TenantId,
  role: MemberRole,
  key: ActingKey,
): KeyActor {
  const scope = { type: "tenant", tenantId } as const;
  const permissions = grantsOfKey(key.permissions, role);
  return { type: "key", tenantId, key, creator: { id, name, email }, permissions, scope };
}

/** `name` is what audit logs show, such as "CLI". */
export function systemActor(name: string, job?: string): SystemActor {
  return { type: "system", name, job, permissions: EVERYTHING, scope: PLATFORM };
}

/** The CLI. `user` is the operating system's user, if known. Audit logs show `cli:<user>`. */
export function cliActor(user: string | undefined): SystemActor {
  const operator = user ? `cli:${user}` : "cli";
  return { ...systemActor(operator), operator };
}

/** The id and name of an actor for logs. The product itself has no id. A key has its creator's. */
export function describeActor(actor: Actor): { id: UserId | null; name: string } {
  if (actor.type === "visitor") return { id: null, name: "Visitor" };
  if (actor.type === "key") return { id: actor.creator.id, name: actor.creator.name };
  return actor.type === "system" ? { id: null, name: actor.name } : { id: actor.id, name: actor.name };
}
