import { type Wording, wording } from "../platform/wording.ts";

export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export type Role = typeof ROLES[number];

/** An action that an actor may be allowed to do. */
export type Permission = {
  /** `resource:action`, as the API and API keys name it. */
  readonly key: string;
  /** The built-in roles of a tenant that have it. */
  readonly roles: ReadonlySet<Role>;
  /** Whether the platform's staff have it as well, in every tenant. */
  readonly staff: boolean;
  /** A description for users, such as "Create and change projects". */
  readonly label: Wording;
  /** The label inside a sentence: "create and change projects". */
  readonly action: Wording;
};

/** Declares a permission. A feature lists its permissions in its `feature.ts`. */
export function permission(
  key: `${string}:${string}`,
  { roles, staff = false, label }: { roles: readonly Role[]; staff?: boolean; label: string },
): Permission {
  return {
    key,
    roles: new Set(roles),
    staff,
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

/** What a member with a built-in role may do. */
export function grantsOfRole(role: Role): Grants {
  return OF_ROLE[role];
}
