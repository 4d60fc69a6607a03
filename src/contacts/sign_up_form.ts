import { eq } from "drizzle-orm";
import { z } from "zod";
import { contactLists, contacts } from "../../db/tenant/schema/contacts.ts";
import { reserve } from "../billing/limits.ts";
import { isEntitled } from "../billing/plan_features.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { sendEmail } from "../email/email.ts";
import { releaseForTenant } from "../email/suppression.ts";
import { publish } from "../events/publish.ts";
import { networkOf } from "../platform/address_ranges.ts";
import { after, DAY, HOUR } from "../platform/clock.ts";
import { decrypt } from "../platform/crypto.ts";
import { isId, newId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { enforce } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { recordConsent } from "./consent.ts";
import { contactEmail, contactName } from "./contact.ts";
import { CONFIRMATION_PURPOSE, LIST_CONFIRMATION } from "./emails.ts";
import { CONTACT_CREATED } from "./events.ts";
import { forgetFormer } from "./former_contacts.ts";
import { CONTACT_LIST_NOT_FOUND, type ContactList } from "./lists.ts";
import { CAMPAIGNS, CONTACT_LIMIT } from "./permissions.ts";
import { recordRequest, subscribe } from "./self_service.ts";

const CONFIRMATION_EXPIRED = problem(
  "list_confirmation_expired",
  "This link has expired. Fill in the form again to get a new one.",
);

const CONFIRMATION_TIME = 7 * DAY;

/** Sign-ups from one network. Emails to one address have their own limit. */
export const LIST_SIGN_UPS = rateLimit("list_sign_ups", { limit: 20, window: HOUR, whenDown: "open" });
/** Sign-ups to all lists of a workspace, from any network. */
export const TENANT_SIGN_UPS = rateLimit("list_sign_ups_tenant", {
  limit: 500,
  window: HOUR,
  whenDown: "open",
});

export const listSignUp = z.object({ email: contactEmail, name: contactName.default("") });

const confirmation = z.tuple([z.uuid(), z.uuid(), contactEmail, contactName, z.iso.datetime()]);

/** The list that a form is for. Throws `not_found`, also if the workspace's plan has no campaigns. */
export async function getOpenList(ctx: TenantContext, id: string): Promise<ContactList> {
  const [[list]] = isId(id)
    ? await ctx.read((tx) => [tx.select().from(contactLists).where(eq(contactLists.id, id))])
    : [[]];
  if (!list || !isEntitled(ctx, CAMPAIGNS)) throw notFound(CONTACT_LIST_NOT_FOUND);
  return list;
}

/**
 * Emails a link that confirms the sign-up. Nothing is kept before the person confirms, so that nobody else can add them, and the
 * answer is the same for every address. Throws `not_found` or `rate_limited`.
 */
export async function requestSubscription(
  ctx: TenantContext,
  listId: string,
  { email, name }: z.output<typeof listSignUp>,
): Promise<void> {
  const list = await getOpenList(ctx, listId);
  if (ctx.ipAddress !== undefined) await enforce(ctx, LIST_SIGN_UPS, networkOf(ctx.ipAddress));
  await enforce(ctx, TENANT_SIGN_UPS, ctx.tenant.id);
  const requestedAt = ctx.services.clock.now().toISOString();
  const request = { email, name, listId: list.id, requestedAt };
  await ctx.system.tx((tx) =>
    sendEmail(ctx.system, tx, LIST_CONFIRMATION, request, { tenantId: ctx.tenant.id })
  );
}

export type Confirmation = { list: ContactList; email: string; name: string; requestedAt: Date };

/** What a confirmation link is about. Throws `not_found`, also if the link has expired. */
export async function openConfirmation(ctx: TenantContext, token: string): Promise<Confirmation> {
  const read = readConfirmation(ctx, token);
  if (!read || read.requestedAt < after(ctx.services.clock.now(), -CONFIRMATION_TIME)) {
    throw notFound(CONFIRMATION_EXPIRED);
  }
  const { listId, ...others } = read;
  return { ...others, list: await getOpenList(ctx, listId) };
}

/**
 * Adds the person to the list, with their consent, and forgets that campaigns came back. Returns the contact's id. Throws
 * `not_found` or `limit_reached`.
 */
export async function confirmSubscription(ctx: TenantContext, token: string): Promise<string> {
  const { list, email, name, requestedAt } = await openConfirmation(ctx, token);
  const now = ctx.services.clock.now();
  await releaseForTenant(ctx.system, { address: email, tenantId: ctx.tenant.id });
  return await ctx.tx(async (tx) => {
    const values = { id: newId(), email, name, listIds: [list.id], createdAt: now, updatedAt: now };
    const [added] = await tx.insert(contacts).values({ ...values, consent: "given", consentAt: now })
      .onConflictDoNothing({ target: contacts.email }).returning();
    if (added) {
      await reserve(ctx, tx, CONTACT_LIMIT);
      await forgetFormer(tx, email);
      await publish(ctx, tx, CONTACT_CREATED, { after: added });
      await recordRequest(tx, newId(), added.id, requestedAt);
      await recordConsent(ctx, tx, added, { source: "form", detail: list.name });
      return added.id;
    }
    const [known] = await tx.select().from(contacts).where(eq(contacts.email, email)).for("update");
    const lists = [...new Set([...known!.listIds, list.id])].sort();
    const isNew = await subscribe(ctx, tx, known!, lists, "form");
    if (isNew) await recordRequest(tx, newId(), known!.id, requestedAt);
    return known!.id;
  });
}

function readConfirmation({ tenant, services }: TenantContext, token: string) {
  try {
    const content = JSON.parse(decrypt(token, services.config.appSecrets, CONFIRMATION_PURPOSE));
    const [tenantId, listId, email, name, requestedAt] = confirmation.parse(content);
    return tenantId === tenant.id ? { listId, email, name, requestedAt: new Date(requestedAt) } : null;
  } catch {
    return null;
  }
}
