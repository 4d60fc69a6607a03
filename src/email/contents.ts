import { findRole } from "../access/members.ts";
import { getMonthlyReport } from "../analytics/monthly_report.ts";
import type { SystemContext, TenantContext } from "../context.ts";
import { createVerificationLink, VERIFICATION_HOURS } from "../identity/email_verification.ts";
import { createPasswordLink } from "../identity/password_links.ts";
import { CODE_MINUTES, codeOf, findPendingSignUpById } from "../identity/pending_sign_ups.ts";
import type { User } from "../identity/users.ts";
import type { EmailRequest } from "./email_requests.ts";
import { DAY, MINUTE } from "../platform/clock.ts";
import { browserOf } from "../platform/user_agent.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { EmailMessages, PasswordDays } from "./messages.ts";
import { isPlainName } from "./plain_names.ts";

const RESET_MINUTES = 30;
const INVITATION_DAYS = 7;

/** On whose behalf an email is sent. `tenant` is null for what is about an account. */
export type Sender = { system: SystemContext; tenant: TenantContext | null };

/** A request for an email to someone with an account. */
export type ToUser = Exclude<EmailRequest, { message: "sign_up_code" }>;
type Requested = ToUser["message"];
type RequestOf<Name extends Requested> = Extract<ToUser, { message: Name }>;
type Content<Name extends Requested> = (
  sender: Sender,
  reader: User,
  request: RequestOf<Name>,
) => Promise<EmailMessages[Name] | null>;

/**
 * What each message says now, read when it is sent; null when it has nothing to say any more. An unconfirmed address may belong to
 * somebody who never heard of us: an email to it has none of the words that a stranger chose, in links neither.
 */
export const CONTENTS: { [Name in Requested]: Content<Name> } = {
  async welcome(sender, reader) {
    if (isUnconfirmed(reader) && reader.passwordHash) return null; // the email that asks to confirm the address goes out instead
    const url = urlOf(sender);
    const workspace = {
      name: tenantOf(sender).tenant.name,
      ownerName: reader.name,
      projectsUrl: `${url}/projects`,
      settingsUrl: `${url}/settings`,
    };
    return {
      ...await wayIn(sender, reader, `${url}/dashboard`),
      workspace: isUnconfirmed(reader) ? null : workspace,
    };
  },

  async verify_address({ system }, reader) {
    if (!isUnconfirmed(reader)) return null;
    return { url: await createVerificationLink(system, reader), expiryHours: VERIFICATION_HOURS };
  },

  async reset_password({ system }, reader, { ipAddress, userAgent }) {
    return {
      name: isUnconfirmed(reader) ? null : reader.name,
      url: await createPasswordLink(system, reader, { ttl: RESET_MINUTES * MINUTE, channel: "mail" }),
      expiryMinutes: RESET_MINUTES,
      ipAddress,
      browser: browserOf(userAgent),
    };
  },

  async invitation(sender, reader, { inviterName }) {
    const role = await findRole(tenantOf(sender), reader.id);
    if (!role) return null;
    const { name } = tenantOf(sender).tenant;
    return {
      inviterName: inviterName && isPlainName(inviterName) ? inviterName : null,
      tenantName: isPlainName(name) ? name : null,
      role,
      ...await wayIn(sender, reader, `${urlOf(sender)}/login`),
    };
  },

  deletion_scheduled(sender, reader, { requestedBy }) {
    const { name: tenantName, deletionDueAt: dueAt } = tenantOf(sender).tenant;
    if (!dueAt) return Promise.resolve(null);
    const { origin } = sender.system.services.config.appUrl;
    return Promise.resolve(
      isUnconfirmed(reader)
        ? { names: null, dueAt, url: `${origin}/workspaces` }
        : { names: { requestedBy, tenantName }, dueAt, url: `${urlOf(sender)}/settings#danger-zone` },
    );
  },

  async monthly_report(sender, reader, { month }) {
    if (isUnconfirmed(reader)) return null;
    const ctx = tenantOf(sender);
    const report = await getMonthlyReport(ctx, month);
    return { tenantName: ctx.tenant.name, ...report, dashboardUrl: `${urlOf(sender)}/dashboard` };
  },
};

/** The email for an address without an account; null when its sign-up is over. */
export async function signUpCodeContent(
  { system }: Sender,
  pendingSignUpId: string,
): Promise<{ address: string; props: EmailMessages["sign_up_code"] } | null> {
  const pending = await findPendingSignUpById(system, pendingSignUpId);
  return pending &&
    { address: pending.email, props: { code: codeOf(system, pending), expiryMinutes: CODE_MINUTES } };
}

/** `url` for people who have a password and a confirmed address; for others, a link to choose a password. */
async function wayIn(
  { system }: Sender,
  reader: User,
  url: string,
): Promise<{ url: string; expiryDays: PasswordDays }> {
  if (reader.passwordHash && !isUnconfirmed(reader)) return { url, expiryDays: null };
  const link = await createPasswordLink(system, reader, { ttl: INVITATION_DAYS * DAY, channel: "mail" });
  return { url: link, expiryDays: INVITATION_DAYS };
}

function isUnconfirmed({ emailVerifiedAt }: User): boolean {
  return emailVerifiedAt === null;
}

function urlOf(sender: Sender): string {
  return tenantUrl(sender.system.services.config.appUrl, tenantOf(sender).tenant);
}

function tenantOf({ tenant }: Sender): TenantContext {
  if (!tenant) throw new Error("This message is about a tenant, and its job belongs to none.");
  return tenant;
}
