import { and, asc, eq, inArray, ne, not, sql } from "drizzle-orm";
import { z } from "zod";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { emailSignIns, pendingSignUps } from "../../db/control/schema/identity.ts";
import { pendingIdentities } from "../../db/control/schema/identities.ts";
import { notifications } from "../../db/control/schema/notifications.ts";
import { publishedEvents } from "../../db/control/schema/published_events.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { parseSchemaName } from "../../db/tenant/schema_name.ts";
import { systemActor, type UserId } from "../access/actor.ts";
import { authorizeSelf } from "../access/authorize.ts";
import { erasePersonFromPlatformAudit } from "../audit/audit_log.ts";
import type { SystemContext } from "../context.ts";
import { sendEmail } from "../email/email.ts";
import { conflict, invalid } from "../errors.ts";
import { publish } from "../events/publish.ts";
import { job } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { idSchema } from "../platform/ids.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import type { Session } from "./credentials.ts";
import { ACCOUNT_DELETED } from "./emails.ts";
import { USER_DELETED, USER_LEFT } from "./events.ts";
import { findOwnerProblem, withProvenOwner } from "./owner_proof.ts";
import { MAX_PASSWORD_LENGTH, PASSWORD_TOO_LONG } from "./passwords.ts";
import { requireRecentSignIn } from "./recent_sign_in.ts";
import { SIGN_INS } from "./sign_in_caches.ts";
import { getUserById, lockUser, type User } from "./users.ts";

const LAST_OWNER = problem(
  "last_owner_deletes_account",
  "{workspaces} would be left without an owner. Make someone else an owner, or delete the workspace first.",
);
const IS_STAFF = problem("staff_deletes_account", "Accounts of the platform's staff can't be deleted.");

const log = logOf("security");

export const accountDeletion = z.object({
  password: z.string().max(MAX_PASSWORD_LENGTH * 4, PASSWORD_TOO_LONG.code).default(""),
});

/**
 * Erases a deleted person from the platform's log, which only the migration login may change, from the events that are kept for
 * streams to continue, and from other people's notifications.
 */
export const ERASE_PERSON = job("identity.erase_person", {
  queue: "cleanup",
  payload: z.object({ userId: idSchema<UserId>() }),
  run: async ({ system }, { userId }) => {
    await withMigrator(system.services.db, (tx) => erasePersonFromPlatformAudit(tx, userId));
    await system.control.delete(publishedEvents)
      .where(sql`${publishedEvents.event}->'data'->>'user_id' = ${userId}`);
    await system.control.delete(notifications).where(sql`${notifications.data}->>'user_id' = ${userId}`);
  },
});

/**
 * Deletes the account of the person with this session, and emails them. Throws `invalid` on `password`, or `conflict` while the person
 * is the only owner of a workspace or on the platform's staff.
 */
export async function deleteOwnAccount(
  ctx: SystemContext,
  session: Session,
  { password }: z.output<typeof accountDeletion>,
): Promise<void> {
  const { id } = session.actor;
  authorizeSelf(ctx, id);
  const user = await getUserById(ctx.control, id);
  const doubt = await findOwnerProblem(ctx, user, session, password);
  if (doubt) throw invalid({ password: doubt });
  await requireRecentSignIn(ctx, { proved: [user.passwordHash === null ? "email" : "password"] });
  await withProvenOwner(ctx, user, (tx) => deleteIn(ctx, tx, user));
  forget(ctx, id);
}

/** Deletes the account of a person who asked the operator. Throws `conflict` like `deleteOwnAccount`. */
export async function deleteAccountOf(ctx: SystemContext, id: UserId): Promise<void> {
  authorizeSelf(ctx, id);
  await ctx.tx(async (tx) => {
    await lockUser(tx, id);
    await deleteIn(ctx, tx, await getUserById(tx, id));
  });
  forget(ctx, id);
}

/** The names of the workspaces that would be left without an owner. */
export async function findOwnedAlone(ctx: SystemContext, id: UserId): Promise<string[]> {
  authorizeSelf(ctx, id);
  return (await ownedAlone(ctx.control, id)).map(({ name }) => name);
}

async function deleteIn(ctx: SystemContext, tx: ControlTx, user: User): Promise<void> {
  if (user.isPlatformAdmin) throw conflict(IS_STAFF);
  const workspaces = await lockWorkspaces(tx, user.id);
  const alone = await ownedAlone(tx, user.id);
  if (alone.length > 0) {
    throw conflict(LAST_OWNER.with({ workspaces: alone.map(({ name }) => name).join(", ") }));
  }
  const { id, name, email, locale } = user;
  for (const { schemaName } of workspaces) {
    await publish(ctx, tx, USER_LEFT, {
      after: { id, name },
      details: {},
      schema: parseSchemaName(schemaName),
    });
  }
  await tx.delete(users).where(eq(users.id, id));
  await tx.delete(emailSignIns).where(eq(emailSignIns.email, email));
  await tx.delete(pendingSignUps).where(eq(pendingSignUps.email, email));
  await tx.delete(pendingIdentities).where(eq(pendingIdentities.email, email));
  await publish({ ...ctx, actor: systemActor("account deletion") }, tx, USER_DELETED, { details: {} });
  await sendEmail(ctx, tx, ACCOUNT_DELETED, { address: email, locale });
  await enqueue(ctx, tx, ERASE_PERSON, { userId: id });
}

/** Two owners who leave at once would otherwise each count on the other. */
async function lockWorkspaces(tx: ControlTx, userId: UserId): Promise<{ schemaName: string }[]> {
  const own = tx.select({ id: memberships.tenantId }).from(memberships).where(eq(memberships.userId, userId));
  return await tx.select({ schemaName: tenants.schemaName }).from(tenants)
    .where(and(inArray(tenants.id, own), ne(tenants.status, "deleting")))
    .orderBy(asc(tenants.id)).for("no key update");
}

async function ownedAlone(db: SystemContext["control"] | ControlTx, userId: UserId) {
  const other = sql`exists (select from control.memberships other
    where other.tenant_id = ${tenants.id} and other.role = 'owner' and other.user_id <> ${userId})`;
  return await db.select({ id: tenants.id, name: tenants.name }).from(tenants)
    .innerJoin(memberships, eq(memberships.tenantId, tenants.id))
    .where(and(
      eq(memberships.userId, userId),
      eq(memberships.role, "owner"),
      ne(tenants.status, "deleting"),
      not(other),
    )).orderBy(asc(tenants.name));
}

function forget(ctx: SystemContext, id: UserId): void {
  ctx.services.use(SIGN_INS).forgetUser(id);
  log.info("account deleted", { userId: id, requestId: ctx.requestId });
}
