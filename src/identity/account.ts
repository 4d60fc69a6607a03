import { eq } from "drizzle-orm";
import { z } from "zod";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { invalid } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { oneOf } from "../platform/list_filters.ts";
import { LOCALES } from "../platform/locales.ts";
import { logOf } from "../platform/log.ts";
import { type Problem, problem } from "../platform/problem.ts";
import type { Device, Session } from "./credentials.ts";
import { PASSWORD_CHANGED } from "./emails.ts";
import { USER_PASSWORD_CHANGED, USER_UPDATED } from "./events.ts";
import { endOneTimeTokens } from "./one_time_tokens.ts";
import { checkPassword } from "./password_checks.ts";
import { findNewPasswordProblem, hashPassword, MAX_PASSWORD_LENGTH, PASSWORD_TOO_LONG } from "./passwords.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { endAllSessionsIn } from "./sessions.ts";
import { withUnchangedPassword } from "./sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import {
  AVATAR_COLORS,
  getUserById,
  lockUser,
  personName,
  setPasswordHash,
  THEMES,
  toUser,
  type User,
} from "./users.ts";

const MAX_TYPED_PASSWORD = MAX_PASSWORD_LENGTH * 4;
const CURRENT_PASSWORD_MISSING = problem("current_password_missing", "Enter your current password.");
const CURRENT_PASSWORD_WRONG = problem("current_password_wrong", "This isn't your current password.");
const NEW_PASSWORD_MISSING = problem("new_password_missing", "Enter a new password.");
const NEW_PASSWORD_IS_OLD = problem(
  "new_password_is_old",
  "Choose a password that's different from your current one.",
);

const log = logOf("security");

/** What people choose about themselves. A language of null follows the browser, a color of null follows the name. */
export const profile = z.object({
  name: personName,
  theme: oneOf(THEMES),
  locale: oneOf(LOCALES).nullable(),
  avatarColor: oneOf(AVATAR_COLORS).nullable(),
});
export const profileChanges = profile.partial();

export const passwordChange = z.object({
  currentPassword: z.string().max(MAX_TYPED_PASSWORD, PASSWORD_TOO_LONG.code),
  newPassword: z.string(),
});

/** Changes the given parts of a user's profile. Throws `forbidden` for anyone but themselves. */
export async function updateProfile(
  ctx: SystemContext,
  userId: UserId,
  changes: z.output<typeof profileChanges>,
): Promise<User> {
  authorizeSelf(ctx, userId);
  const updated = await ctx.tx(async (tx) => {
    await lockUser(tx, userId);
    const before = await getUserById(tx, userId);
    const [row] = await tx.update(users).set({ ...changes, updatedAt: ctx.services.clock.now() })
      .where(eq(users.id, userId)).returning();
    const after = toUser(row!);
    await publish(ctx, tx, USER_UPDATED, { before: logged(before), after: logged(after) });
    return after;
  });
  ctx.services.use(SIGN_INS).forgetUser(userId);
  return updated;
}

/**
 * Changes the password of the person with this session. Ends all other ways into the account: other browsers, the tokens of
 * programs, trusted browsers, and open links to set a password. Emails the person. Throws `invalid` on `currentPassword` and
 * `newPassword`, or `reauthentication_required` if the person has a second factor and hasn't used it just now.
 */
export async function changePassword(
  ctx: SystemContext,
  { actor: { id }, signInId }: Session,
  { currentPassword, newPassword }: z.output<typeof passwordChange>,
  device: Device,
): Promise<void> {
  authorizeSelf(ctx, id);
  const user = await getUserById(ctx.control, id);
  await checkPasswords(ctx, user, currentPassword, newPassword);
  await requireRecentSignIn(ctx, { proved: ["password"] });
  const passwordHash = await hashPassword(newPassword, ctx.signal);
  const changed = await withUnchangedPassword(ctx, user, async (tx) => {
    await endAllSessionsIn(ctx, tx, id, { except: signInId });
    await endOneTimeTokens(ctx, tx, id, "set_password");
    await endOneTimeTokens(ctx, tx, id, "change_email");
    await setPasswordHash(ctx, tx, id, passwordHash);
    await publish(ctx, tx, USER_PASSWORD_CHANGED, { after: logged(user), details: {} });
    await sendEmail(ctx, tx, PASSWORD_CHANGED, { userId: id, ...device });
    return true;
  });
  if (!changed) throw invalid({ currentPassword: CURRENT_PASSWORD_WRONG });
  ctx.services.use(SIGN_INS).forgetUser(id);
  log.info("password changed", { userId: id, requestId: ctx.requestId });
}

/** Throws `invalid` with what is wrong with both passwords at once. */
async function checkPasswords(ctx: SystemContext, user: User, current: string, typed: string): Promise<void> {
  const { matches } = await checkPassword(ctx, { email: user.email, user }, current);
  if (!matches) log.warn("password change refused", { userId: user.id, requestId: ctx.requestId });
  const newPassword = await newPasswordProblem(ctx, user, matches ? current : null, typed);
  if (matches && !newPassword) return;
  throw invalid({
    ...(matches ? {} : { currentPassword: current ? CURRENT_PASSWORD_WRONG : CURRENT_PASSWORD_MISSING }),
    ...(newPassword ? { newPassword } : {}),
  });
}

async function newPasswordProblem(
  { services }: SystemContext,
  { email, name }: User,
  current: string | null,
  typed: string,
): Promise<Problem | null> {
  if (typed === "") return NEW_PASSWORD_MISSING;
  return typed === current
    ? NEW_PASSWORD_IS_OLD
    : await findNewPasswordProblem(services.config, typed, { email, names: [name] });
}

export function logged({ id, name, theme, locale, avatarColor }: User) {
  return { id, name, theme, locale, avatarColor };
}
