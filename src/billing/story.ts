import { type Column, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import {
  billingAccounts,
  billingEvents,
  billingInvoices,
  billingMovements,
  billingNotices,
} from "../../db/control/schema/billing.ts";
import { authorize } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import type { Movement } from "./differences.ts";
import { list, type ListQuery, type Page } from "../platform/list.ts";
import { momentKey } from "../platform/list_keys.ts";
import { findAccount } from "./accounts.ts";
import { OVERRIDE_CHANGED } from "./events.ts";
import { type Currency, currencyOf } from "./money.ts";
import { BILLING_ACCOUNTS_MANAGE } from "./permissions.ts";
import type { PlanKey } from "./plans.ts";

type Told = {
  id: string;
  at: Date;
  source: StoryLine["source"];
  name: string;
  details: Record<string, never>;
};

/** Something that happened to a workspace's billing, with what it changed. Amounts are a month's, in the smallest unit. */
export type StoryLine =
  & { id: string; at: Date }
  & (
    /** The gateway said that something changed. `eventId` is the gateway's. It changes nothing by itself: a sync follows. */
    | { source: "event"; type: string; eventId: string }
    | {
      source: "movement";
      kind: Movement | "trial_started" | "trial_ended" | "refunded";
      plan: { before: PlanKey | null; after: PlanKey | null };
      revenue: { before: number; after: number };
      currency: Currency;
    }
    /** `occasion` is such as `trial_ending_3`. */
    | { source: "notice"; occasion: string }
    /** A line of the platform's audit log. */
    | {
      source: "audit";
      action: string;
      actorName: string | null;
      subjectName: string | null;
      details: Record<string, unknown> | null;
    }
  );

/** The story has these columns of the movements, and some of its own. */
const told = alias(billingMovements, "told");
const STORY = sql`(${sql.join(everySource(), sql` union all `)}) as told`;

/** Everything about one account's billing, from where each kind is kept. */
export const STORY_LIST = list("billing story", {
  select: (db) =>
    db.select({
      id: sql<string>`${told.id}`,
      at: sql<Date>`${told.at}`.mapWith(told.at),
      source: sql<StoryLine["source"]>`told.source`,
      name: sql<string>`told.name`,
      details: sql<Record<string, never>>`told.details`,
    }).from(STORY),
  id: told.id,
  sorts: { at: momentKey(told.at) },
  defaultSort: "-at",
  filters: {},
  scope: { account: (value) => sql`${told.accountId} = ${value}::uuid` },
});

/** What happened to the tenant's billing, newest first. Throws `forbidden`, or `invalid` for a cursor of another list. */
export async function listStory(
  ctx: TenantContext,
  query: ListQuery<typeof STORY_LIST>,
): Promise<Page<StoryLine>> {
  authorize(ctx, BILLING_ACCOUNTS_MANAGE);
  const { control } = ctx.system;
  const account = await findAccount(control, ctx.tenant.id);
  if (!account) return { items: [], previousCursor: null, nextCursor: null };
  const page = await STORY_LIST.page(control, query, { account: account.id });
  return { ...page, items: page.items.map(toLine) };
}

/**
 * Where a part of the story is kept, each with the columns `id`, `at`, `account_id`, `source`, `name` and `details`. Each part is found by an
 * index, because the account is a plain column in it. Lines of the audit log are about the account, about its invoices, or about what staff
 * allow its tenant.
 */
function everySource(): SQL[] {
  const { subjectId, action, actorName, subjectName, details } = platformAuditLog;
  const { planBefore, planAfter, revenueBefore, revenueAfter, currency } = billingMovements;
  const line = sql`${platformAuditLog.at}`;
  const entry = sql`'audit', ${action},
    jsonb_build_object('actor', ${actorName}, 'subject', ${subjectName}, 'details', ${details})`;
  return [
    sql`select ${
      madeId(sql`'event ' || ${billingEvents.id}`, billingEvents.receivedAt)
    } as id, ${billingEvents.receivedAt} as at,
      ${billingEvents.accountId} as account_id, 'event' as source, ${billingEvents.type} as name,
      jsonb_build_object('id', ${billingEvents.id}) as details from ${billingEvents}`,
    sql`select ${billingMovements.id}, ${billingMovements.at}, ${billingMovements.accountId}, 'movement',
      ${billingMovements.kind}, jsonb_build_object('plan_before', ${planBefore}, 'plan_after', ${planAfter},
        'revenue_before', ${revenueBefore}, 'revenue_after', ${revenueAfter}, 'currency', ${currency})
      from ${billingMovements}`,
    sql`select ${
      madeId(sql`'notice ' || ${billingNotices.accountId} || ${billingNotices.key}`, billingNotices.sentAt)
    },
      ${billingNotices.sentAt}, ${billingNotices.accountId}, 'notice', split_part(${billingNotices.key}, ' ', 1),
      '{}'::jsonb from ${billingNotices}`,
    sql`select ${platformAuditLog.id}, ${line}, ${subjectId}, ${entry} from ${platformAuditLog}`,
    sql`select ${platformAuditLog.id}, ${line}, ${billingInvoices.accountId}, ${entry}
      from ${billingInvoices} join ${platformAuditLog} on ${subjectId} = ${billingInvoices.id}`,
    sql`select ${platformAuditLog.id}, ${line}, ${billingAccounts.id}, ${entry}
      from ${billingAccounts} join ${platformAuditLog} on ${subjectId} = ${billingAccounts.tenantId}
        and ${action} = ${sql.raw(`'${OVERRIDE_CHANGED.name}'`)}`,
  ];
}

/**
 * An id for a row whose key is none: a UUID of version 8. It starts with the time, as those of version 7 do, so lines of the same time are in the
 * order of what caused what: an event, and then what its sync wrote.
 */
function madeId(key: SQL, at: Column): SQL {
  const milliseconds = sql`lpad(to_hex(floor(extract(epoch from ${at}) * 1000)::bigint), 12, '0')`;
  return sql`overlay(overlay(left(${milliseconds} || md5(${key}), 32) placing '8' from 13) placing '8' from 17)::uuid`;
}

function toLine({ id, at, source, name, details }: Told): StoryLine {
  switch (source) {
    case "event":
      return { id, at, source, type: name, eventId: details.id! };
    case "movement":
      return {
        id,
        at,
        source,
        kind: name as Movement,
        plan: { before: details.plan_before ?? null, after: details.plan_after ?? null },
        revenue: { before: details.revenue_before!, after: details.revenue_after! },
        currency: currencyOf(details.currency!),
      };
    case "notice":
      return { id, at, source, occasion: name };
    case "audit":
      return {
        id,
        at,
        source,
        action: name,
        actorName: details.actor ?? null,
        subjectName: details.subject ?? null,
        details: details.details ?? null,
      };
  }
}
