import { and, asc, eq } from "drizzle-orm";
import { z } from "zod";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { trustedBrowsers } from "../../db/control/schema/factors.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { roles } from "../../db/control/schema/roles.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { ON_CUSTOM_ROLE, ROLE_FIELDS, toRole } from "../access/member_role.ts";
import { nameOfRole, type Role } from "../access/permissions.ts";
import type { SystemContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { isId, newId } from "../platform/ids.ts";
import { isLanguage, type Language } from "../platform/locales.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress, normalizeEmailAddress, singleLine } from "../platform/text.ts";
import type { TenantId } from "../tenancy/tenant.ts";

export const PERSON_NOT_FOUND = problem("person_not_found", "This person was not found.");
const USER_NOT_FOUND = problem("user_not_found", "The user {user} was not found.");
const PERSON_NAME_MISSING = problem("person_name_missing", "Enter your name.");

export type User = {
  id: UserId;
  email: string;
  name: string;
  passwordHash: string | null;
  isPlatformAdmin: boolean;
  theme: Theme;
  locale: Language | null;
  avatarColor: AvatarColor | null;
  /** When the user confirmed the email address. */
  emailVerifiedAt: Date | null;
  createdAt: Date;
};

export const THEMES = users.theme.enumValues;
export type Theme = typeof THEMES[number];

/** The colors that a person can choose for their initials. */
export const AVATAR_COLORS = users.avatarColor.enumValues;
export type AvatarColor = typeof AVATAR_COLORS[number];

/** How pages look for a user, and how the user looks to others. */
export type Appearance = Pick<User, "theme" | "locale" | "avatarColor">;

const MAX_NAME_LENGTH = 100;

export const personName = singleLine(MAX_NAME_LENGTH, PERSON_NAME_MISSING);
export const newUser = z.object({ email: emailAddress, name: personName });
export type NewUser = z.output<typeof newUser> & {
  passwordHash: string | null;
  isPlatformAdmin?: boolean;
  emailVerifiedAt?: Date;
};

/** The user with this address (trimmed, lower case), or null. */
export async function findUserByEmail(db: ControlDb | ControlTx, email: string): Promise<User | null> {
  const [row] = await db.select().from(users).where(eq(users.email, email));
  return row ? toUser(row) : null;
}

/** Finds the user with this address, or creates one. Leaves an existing user unchanged. */
export async function findOrCreateUser(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  input: NewUser,
): Promise<{ user: User; created: boolean }> {
  const now = ctx.services.clock.now();
  const values = { isPlatformAdmin: false, ...input, id: newId<UserId>(), createdAt: now, updatedAt: now };
  const [row] = await db.insert(users).values(values).onConflictDoNothing({ target: users.email })
    .returning();
  if (row) return { user: toUser(row), created: true };
  return { user: (await findUserByEmail(db, input.email))!, created: false };
}

/** The user with this id, or null. */
export async function findUserById(db: ControlDb | ControlTx, id: UserId): Promise<User | null> {
  const [row] = await db.select().from(users).where(eq(users.id, id));
  return row ? toUser(row) : null;
}

/** The user with this id. Throws `not_found`. */
export async function getUserById(db: ControlDb | ControlTx, id: UserId): Promise<User> {
  const user = await findUserById(db, id);
  if (!user) throw notFound(PERSON_NOT_FOUND);
  return user;
}

/** The user with this id or email address. Throws `not_found`. */
export async function getUser(ctx: SystemContext, idOrEmail: string): Promise<User> {
  const user = isId<UserId>(idOrEmail)
    ? await findUserById(ctx.control, idOrEmail)
    : await findUserByEmail(ctx.control, normalizeEmailAddress(idOrEmail));
  if (!user) throw notFound(USER_NOT_FOUND.with({ user: idOrEmail }));
  return user;
}

/**
 * Locks a user's row: until the transaction ends, no other transaction signs the user in or changes their credentials. Take this
 * lock before rows of tokens and sessions to avoid deadlocks.
 */
export async function lockUser(tx: ControlTx, userId: UserId): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for("no key update");
}

/** Like `lockUser`, and reads the user. Throws `not_found`. */
export async function getLockedUser(tx: ControlTx, userId: UserId): Promise<User> {
  const [row] = await tx.select().from(users).where(eq(users.id, userId)).for("no key update");
  if (!row) throw notFound(PERSON_NOT_FOUND);
  return toUser(row);
}

/** Sets the name that the user chose. */
export async function renameUser(
  ctx: SystemContext,
  tx: ControlTx,
  userId: UserId,
  name: string,
): Promise<void> {
  await tx.update(users).set({ name, updatedAt: ctx.services.clock.now() }).where(eq(users.id, userId));
}

/** Sets the password hash. Null removes the password. Ends the trust in the user's browsers. */
export async function setPasswordHash(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  userId: UserId,
  passwordHash: string | null,
): Promise<void> {
  const updatedAt = ctx.services.clock.now();
  await db.update(users).set({ passwordHash, updatedAt }).where(eq(users.id, userId));
  await db.delete(trustedBrowsers).where(eq(trustedBrowsers.userId, userId));
}

/** Replaces a password's hash with another hash of the same password. Returns false if the password has changed meanwhile. */
export async function replacePasswordHash(
  ctx: SystemContext,
  { id, passwordHash }: User,
  replacement: string,
): Promise<boolean> {
  const values = { passwordHash: replacement, updatedAt: ctx.services.clock.now() };
  const replaced = await ctx.control.update(users).set(values)
    .where(and(eq(users.id, id), eq(users.passwordHash, passwordHash!))).returning({ id: users.id });
  return replaced.length > 0;
}

export async function makePlatformAdmin(
  ctx: SystemContext,
  db: ControlDb | ControlTx,
  userId: UserId,
): Promise<void> {
  const updatedAt = ctx.services.clock.now();
  await db.update(users).set({ isPlatformAdmin: true, updatedAt }).where(eq(users.id, userId));
}

export type UserFilter = { tenantId?: TenantId; role?: Role; limit: number };

export type UserListing = Omit<User, "passwordHash"> & { roles: string[] };

/** Users ordered by address, each with the names of their roles. `tenantId` and `role` filter both the users and the roles. */
export async function listUsers(ctx: SystemContext, filter: UserFilter): Promise<UserListing[]> {
  const wanted = and(
    filter.tenantId ? eq(memberships.tenantId, filter.tenantId) : undefined,
    filter.role ? eq(memberships.role, filter.role) : undefined,
  );
  const found = await ctx.control.selectDistinctOn([users.email], { user: users }).from(users)
    .leftJoin(memberships, eq(memberships.userId, users.id)).where(wanted).orderBy(asc(users.email)).limit(
      filter.limit,
    );
  return await Promise.all(found.map(async ({ user }) => {
    const held = await ctx.control.select(ROLE_FIELDS).from(memberships)
      .leftJoin(roles, ON_CUSTOM_ROLE)
      .where(and(eq(memberships.userId, user.id), wanted)).orderBy(asc(memberships.createdAt));
    const { passwordHash: _, ...listing } = toUser(user);
    return { ...listing, roles: held.map((row) => nameOfRole(toRole(row))) };
  }));
}

/** The appearance in a user's row. A language that this version doesn't support counts as none. */
export function appearanceOf(
  { theme, locale, avatarColor }: Pick<UserRow, "theme" | "locale" | "avatarColor">,
): Appearance {
  return { theme, locale: locale !== null && isLanguage(locale) ? locale : null, avatarColor };
}

type UserRow = typeof users.$inferSelect;

export function toUser({ updatedAt: _, ...row }: UserRow): User {
  return { ...row, ...appearanceOf(row) };
}
