import { and, eq, gt, sql } from "drizzle-orm";
import { memberships } from "../../db/control/schema.ts";
import { findRole } from "../access/members.ts";
import { getMonthlyReport } from "../analytics/monthly_report.ts";
import type { TenantContext } from "../context.ts";
import { createVerificationLink, VERIFICATION_HOURS } from "../identity/email_verification.ts";
import { createPasswordLink } from "../identity/password_links.ts";
import type { User } from "../identity/users.ts";
import type { EmailRequest } from "../jobs/email_requests.ts";
import { after, DAY, MINUTE } from "../platform/clock.ts";
import { browserOf } from "../platform/user_agent.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { Sender } from "./letters.ts";
import type { EmailMessages, PasswordDays } from "./messages.ts";

const RESET_MINUTES = 30;
const INVITATION_DAYS = 7;
const ONE_WELCOME_IN = 5 * MINUTE;

type Requested = EmailRequest["message"];
type RequestOf<Name extends Requested> = Extract<EmailRequest, { message: Name }>;
type Content<Name extends Requested> = (
  sender: Sender,
  reader: User,
  request: RequestOf<Name>,
) => Promise<EmailMessages[Name] | null>;

/** What each message says now, read when it is sent; null when it has nothing to say any more. */
export const CONTENTS: { [Name in Requested]: Content<Name> } = {
  async welcome(sender, reader) {
    if (await wasJustWelcomed(sender, reader)) return null;
    const url = urlOf(sender);
    return {
      name: reader.name,
      tenantName: tenantOf(sender).tenant.name,
      ...await wayIn(sender, reader, `${url}/dashboard`),
      projectsUrl: `${url}/projects`,
      settingsUrl: `${url}/settings`,
    };
  },

  async verify_address({ system }, reader) {
    if (reader.emailVerifiedAt) return null;
    const url = await createVerificationLink(system, reader);
    return { name: reader.name, address: reader.email, url, expiryHours: VERIFICATION_HOURS };
  },

  async reset_password({ system }, reader, { ipAddress, userAgent }) {
    return {
      name: reader.name,
      address: reader.email,
      url: await createPasswordLink(system, reader, { ttl: RESET_MINUTES * MINUTE, channel: "mail" }),
      expiryMinutes: RESET_MINUTES,
      ipAddress,
      browser: browserOf(userAgent),
    };
  },

  async invitation(sender, reader, { inviterName }) {
    const role = await findRole(tenantOf(sender), reader.id);
    if (!role) return null;
    const { name: tenantName } = tenantOf(sender).tenant;
    return { inviterName, tenantName, role, ...await wayIn(sender, reader, `${urlOf(sender)}/login`) };
  },

  deletion_scheduled(sender, _, { requestedBy }) {
    const { name: tenantName, deletionDueAt } = tenantOf(sender).tenant;
    if (!deletionDueAt) return Promise.resolve(null);
    const url = `${urlOf(sender)}/settings#danger-zone`;
    return Promise.resolve({ requestedBy, tenantName, dueAt: deletionDueAt, url });
  },

  async monthly_report(sender, _, { month }) {
    const ctx = tenantOf(sender);
    const report = await getMonthlyReport(ctx, month);
    return { tenantName: ctx.tenant.name, ...report, dashboardUrl: `${urlOf(sender)}/dashboard` };
  },
};

/** To whoever has a password: `url`. To others: a link to choose one. */
async function wayIn(
  { system }: Sender,
  reader: User,
  url: string,
): Promise<{ url: string; expiryDays: PasswordDays }> {
  if (reader.passwordHash) return { url, expiryDays: null };
  const link = await createPasswordLink(system, reader, { ttl: INVITATION_DAYS * DAY, channel: "mail" });
  return { url: link, expiryDays: INVITATION_DAYS };
}

/**
 * Whether another workspace was made for the reader in the minutes before this one. Anybody can make workspaces in
 * anybody's name, and choose what they are called: that must not become a way to send someone any number of mails.
 */
async function wasJustWelcomed(sender: Sender, reader: User): Promise<boolean> {
  const { id, createdAt } = tenantOf(sender).tenant;
  const owned = and(
    eq(memberships.userId, reader.id),
    eq(memberships.role, "owner"),
    gt(memberships.createdAt, after(createdAt, -ONE_WELCOME_IN)),
    sql`(${memberships.createdAt}, ${memberships.tenantId}) < (${createdAt.toISOString()}::timestamptz, ${id}::uuid)`,
  );
  return await sender.system.control.$count(memberships, owned) > 0;
}

function urlOf(sender: Sender): string {
  return tenantUrl(sender.system.services.config.appUrl, tenantOf(sender).tenant);
}

function tenantOf({ tenant }: Sender): TenantContext {
  if (!tenant) throw new Error("This message is about a tenant, and its job belongs to none.");
  return tenant;
}
