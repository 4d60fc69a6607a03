import { and, eq, gt, isNotNull, not, type SQL, sql } from "drizzle-orm";
import { newsSender } from "../../db/control/schema/announcements.ts";
import { emailOptOuts } from "../../db/control/schema/email.ts";
import { memberships } from "../../db/control/schema/memberships.ts";
import { notificationChoices } from "../../db/control/schema/notifications.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { users } from "../../db/control/schema/users.ts";
import type { UserId } from "../access/actor.ts";
import { reserve } from "../billing/limits.ts";
import { CONTACT_LIMIT } from "../contacts/permissions.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { suppressedAmong } from "../email/suppression.ts";
import { DomainError } from "../errors.ts";
import { NOTIFICATION_EMAIL } from "../notifications/emails.ts";
import { job } from "../outbox/job.ts";
import { enqueue } from "../outbox/outbox.ts";
import { textArray } from "../platform/array_literals.ts";
import { openTenant } from "../tenancy/open_tenant.ts";
import { TENANTS } from "../tenancy/tenant_directory.ts";
import { findNewsSender, SYNC } from "./news_sender.ts";
import { ANNOUNCED, currentPlan } from "./notifications.ts";
import { keepContacts, type NewsReader, removeTags, taggedContacts } from "./user_contacts.ts";

const USERS_AT_ONCE = 1_000;

/**
 * Makes the product's users contacts of the tenant that emails news, and takes their tags from everyone else: who left, deleted the
 * account, or wants no news. From a tenant that no longer emails news, it takes all of them. A repeated job goes through all again.
 */
export const SYNC_USERS = job(SYNC.name, {
  queue: SYNC.queue,
  payload: SYNC.payload,
  run: async ({ system, signal }, { tenantId }) => {
    const startedAt = system.services.clock.now();
    const tenant = await system.services.use(TENANTS).findById(tenantId);
    if (tenant?.status !== "active") return;
    const ctx = await openTenant(system, tenantId);
    const sender = await findNewsSender(system);
    const isSender = sender?.tenant.id === tenantId && sender.isAble;
    const isFull = isSender && await keepReaders(ctx, signal) === "full";
    await removeOthers(ctx, isSender, signal);
    if (isSender) {
      await system.control.update(newsSender).set({ syncedAt: startedAt, isFull })
        .where(eq(newsSender.tenantId, tenantId));
    }
  },
});

/** Enqueues the job for the tenant that emails news, if there is one. `key` prevents a second one. */
export async function enqueueSync(ctx: SystemContext, key: string): Promise<void> {
  const [sender] = await ctx.control.select({ tenantId: newsSender.tenantId }).from(newsSender);
  if (sender) await ctx.tx((tx) => enqueue(ctx, tx, SYNC, { tenantId: sender.tenantId }, { key }));
}

/**
 * Whether the tenant's contacts are the product's users as of `since` or later. If not, enqueues the job. Always true for tenants that
 * don't email news.
 */
export async function hasUsersOf({ tenant, system }: TenantContext, since: Date): Promise<boolean> {
  const sender = await findNewsSender(system);
  if (sender?.tenant.id !== tenant.id || (sender.syncedAt && sender.syncedAt >= since)) return true;
  await enqueueSync(system, `users of ${since.toISOString()}`);
  return false;
}

/** Returns `full` if the plan had no room for all new contacts. */
async function keepReaders(ctx: TenantContext, signal: AbortSignal): Promise<"full" | "done"> {
  let addsNew = true;
  for (let last: UserId | null = null;;) {
    signal.throwIfAborted();
    const page = await readUsers(ctx, last);
    const suppressed = await suppressedAmong(ctx.system, page.map(({ email }) => email), ctx.tenant.id);
    const readers = page.filter(({ plans }) => plans.length > 0)
      .map((each) => ({ ...each, isSuppressed: suppressed.has(each.email) }));
    addsNew = await keep(ctx, readers, addsNew);
    if (page.length < USERS_AT_ONCE) return addsNew ? "done" : "full";
    last = page.at(-1)!.id;
  }
}

/** Returns whether there is still room for new contacts. */
async function keep(ctx: TenantContext, readers: NewsReader[], addsNew: boolean): Promise<boolean> {
  const now = ctx.services.clock.now();
  try {
    await ctx.tx(async (tx) => {
      const added = await keepContacts(tx, readers, now, { addsNew });
      if (added > 0) await reserve(ctx, tx, CONTACT_LIMIT, added);
    });
    return addsNew;
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "limit_reached") throw error;
    return await keep(ctx, readers, false);
  }
}

async function removeOthers(ctx: TenantContext, isSender: boolean, signal: AbortSignal): Promise<void> {
  const now = ctx.services.clock.now();
  for (let last: string | null = null;;) {
    signal.throwIfAborted();
    const page = await ctx.tx((tx) => taggedContacts(tx, { after: last, limit: USERS_AT_ONCE }));
    const readers = isSender ? await readersAmong(ctx, page.map(({ email }) => email)) : new Set();
    const others = page.filter(({ email }) => !readers.has(email)).map(({ id }) => id);
    if (others.length > 0) await ctx.tx((tx) => removeTags(tx, others, now));
    if (page.length < USERS_AT_ONCE) return;
    last = page.at(-1)!.id;
  }
}

/** The next users who want news, with the plans of their active workspaces. */
async function readUsers({ system: { control, services } }: TenantContext, last: UserId | null) {
  const plan = currentPlan(services.clock.now());
  return await control.execute<Omit<NewsReader, "isSuppressed">>(sql`
    select ${users.id}, ${users.email}, ${users.name},
      to_json(array(select distinct ${plan} ${ofActiveWorkspaces()})) as plans
    from ${users} where ${and(wantsNews(), last ? gt(users.id, last) : undefined)}
    order by ${users.id} limit ${USERS_AT_ONCE}`);
}

/** Which of these addresses belong to users who get news. */
async function readersAmong({ system: { control } }: TenantContext, emails: string[]): Promise<Set<unknown>> {
  const rows = await control.select({ email: users.email }).from(users).where(and(
    sql`${users.email} = any(${textArray(emails)}::text[])`,
    wantsNews(),
    sql`exists (select 1 ${ofActiveWorkspaces()})`,
  ));
  return new Set(rows.map(({ email }) => email));
}

/** Someone else may have entered an address that isn't confirmed. Who wants no notifications by email wants no news either. */
function wantsNews(): SQL | undefined {
  const [c, o] = [notificationChoices, emailOptOuts];
  const isOff = and(eq(c.userId, users.id), eq(c.kind, ANNOUNCED.name), eq(c.channel, "email"), not(c.isOn));
  const isOut = and(eq(o.userId, users.id), eq(o.category, NOTIFICATION_EMAIL.category!.name));
  return and(
    isNotNull(users.emailVerifiedAt),
    sql`not exists (select from ${c} where ${isOff})`,
    sql`not exists (select from ${o} where ${isOut})`,
  );
}

/** The active workspaces of a row of `users`. */
function ofActiveWorkspaces(): SQL {
  const isOfUser = and(eq(memberships.userId, users.id), eq(tenants.status, "active"));
  return sql`from ${memberships} join ${tenants} on ${
    eq(tenants.id, memberships.tenantId)
  } where ${isOfUser}`;
}
