import type { SUPPORT_ACCESS } from "../../db/control/schema/support.ts";
import { type Wording, wording } from "../platform/wording.ts";

export type SupportAccess = typeof SUPPORT_ACCESS[number];

export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export type Role = typeof ROLES[number];

/** A role that a tenant defined. `permissions` are keys. */
export type CustomRole = {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
};

/** What a member of a tenant is: a built-in role, or one that the tenant defined. */
export type MemberRole = Role | CustomRole;

/** An action that an actor may be allowed to do. */
export type Permission = {
  /** `resource:action`, as the API and API keys name it. */
  readonly key: string;
  /** The built-in roles of a tenant that have it. */
  readonly roles: ReadonlySet<Role>;
  /** Whether only owners may have it, so that no custom role can include it. */
  readonly ownersOnly: boolean;
  /** Whether the platform's staff have it as well, in every tenant. */
  readonly staff: boolean;
  /**
   * Whether the platform's staff have it while they act for a member who has it: always, or only with a grant that allows changes.
   * Null, unless a permission says otherwise: never. Billing, sign-in, roles, keys and deletion stay off limits.
   */
  readonly support: SupportAccess | null;
  /** Whether it stays while a failed payment makes the workspace read-only. Reading stays, and what pays, protects or leaves. */
  readonly whenRestricted: boolean;
  /** Other permissions that this one is of no use without. A custom role that has it has them, too. */
  readonly implies: readonly Permission[];
  /** A description for users, such as "Create and change projects". */
  readonly label: Wording;
  /** The label inside a sentence: "create and change projects". */
  readonly action: Wording;
};

/** The permissions of one feature, as people see them. */
export type PermissionGroup = { readonly label: Wording; readonly permissions: readonly Permission[] };

/** The keys of the permissions that each declared permission implies. */
const IMPLIED_KEYS = new Map<string, readonly string[]>();

/** Declares a permission. A feature lists its permissions in its `feature.ts`. */
export function permission(
  key: `${string}:${string}`,
  { roles, ownersOnly = false, staff = false, support = null, whenRestricted, implies = [], label }: {
    roles: readonly Role[];
    ownersOnly?: boolean;
    staff?: boolean;
    support?: SupportAccess | null;
    whenRestricted?: boolean;
    implies?: readonly Permission[];
    label: string;
  },
): Permission {
  const implied = [...new Set(implies.flatMap((each) => [each, ...each.implies]))];
  IMPLIED_KEYS.set(key, implied.map((each) => each.key));
  return {
    key,
    roles: new Set(roles),
    ownersOnly,
    staff,
    support,
    whenRestricted: whenRestricted ?? key.endsWith(":read"),
    implies: implied,
    label: wording(`permission.${key}.label`, label),
    action: wording(`permission.${key}.action`, label.charAt(0).toLowerCase() + label.slice(1)),
  };
}

/** What an actor may do, fixed when the actor is authenticated. */
export type Grants = { has(permission: Permission): boolean };

/** The product itself: its CLI, its jobs, its schedules. */
export const EVERYTHING: Grants = { has: () => true };

/** A visitor, or a person outside any tenant. */
export const NOTHING: Grants = { has: () => false };

/** The platform's staff in the back office. */
export const STAFF: Grants = { has: ({ staff }) => staff };

const OF_ROLE = Object.fromEntries(
  ROLES.map((role) => [role, { has: ({ roles }: Permission) => roles.has(role) }]),
) as Record<Role, Grants>;

/** What a member with the role may do. */
export function grantsOfRole(role: MemberRole): Grants {
  return typeof role === "string" ? OF_ROLE[role] : grantsOfKeys(role.permissions);
}

/** What the platform's staff may do while they act for a member with the role. */
export function grantsForSupport(role: MemberRole, access: SupportAccess): Grants {
  const ofMember = grantsOfRole(role);
  const isOpen = ({ support }: Permission) =>
    support === "read" || (support === "change" && access === "change");
  return { has: (permission) => isOpen(permission) && ofMember.has(permission) };
}

/** What an API key with these permissions may do while its creator has the role. */
export function grantsOfKey(keys: readonly string[], role: MemberRole): Grants {
  const [ofKey, ofCreator] = [grantsOfKeys(keys), grantsOfRole(role)];
  return { has: (permission) => ofKey.has(permission) && ofCreator.has(permission) };
}

/** Whether a custom role or an API key can include the permission. */
export function isAssignable({ roles, ownersOnly }: Permission): boolean {
  return roles.has("owner") && !ownersOnly;
}

/** A role's id: the name of a built-in role, or the UUID of a custom one. */
export function idOfRole(role: MemberRole): string {
  return typeof role === "string" ? role : role.id;
}

/** A role's name: that of a built-in role in English, such as `admin`, or the one that the tenant chose. */
export function nameOfRole(role: MemberRole): string {
  return typeof role === "string" ? role : role.name;
}

/** The keys of permissions, with the keys that they imply. */
export function withImplied(keys: readonly string[]): Set<string> {
  return new Set(keys.flatMap((key) => [key, ...IMPLIED_KEYS.get(key) ?? []]));
}

/** Ignores the keys of permissions that no longer exist, or that custom roles and API keys can't include. */
function grantsOfKeys(keys: readonly string[]): Grants {
  const granted = withImplied(keys);
  return { has: (permission) => isAssignable(permission) && granted.has(permission.key) };
}
