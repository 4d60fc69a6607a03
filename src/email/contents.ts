import { getMonthlyReport } from "../analytics/monthly_report.ts";
import type { TenantContext } from "../context.ts";
import { createVerificationLink, VERIFICATION_HOURS } from "../identity/email_verification.ts";
import { createPasswordLink } from "../identity/password_links.ts";
import type { User } from "../identity/users.ts";
import type { EmailRequest } from "../jobs/email_requests.ts";
import { DAY, MINUTE } from "../platform/clock.ts";
import { browserOf } from "../platform/user_agent.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { Sender } from "./letters.ts";
import type { EmailMessages } from "./messages.ts";

const RESET_MINUTES = 30;
const INVITATION_DAYS = 7;

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
    const { tenant } = tenantOf(sender);
    const url = urlOf(sender);
    return {
      name: reader.name,
      tenantName: tenant.name,
      url: reader.passwordHash ? `${url}/dashboard` : await firstPasswordLink(sender, reader),
      projectsUrl: `${url}/projects`,
      settingsUrl: `${url}/settings`,
      docsUrl: `${sender.system.services.config.appUrl.origin}/openapi.json`,
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
      url: await createPasswordLink(system, reader, RESET_MINUTES * MINUTE),
      expiryMinutes: RESET_MINUTES,
      ipAddress,
      browser: browserOf(userAgent),
    };
  },

  async invitation(sender, reader, { inviterName, role }) {
    const { tenant } = tenantOf(sender);
    return {
      inviterName,
      tenantName: tenant.name,
      role,
      url: reader.passwordHash ? `${urlOf(sender)}/login` : await firstPasswordLink(sender, reader),
      expiryDays: INVITATION_DAYS,
    };
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

function firstPasswordLink({ system }: Sender, reader: User): Promise<string> {
  return createPasswordLink(system, reader, INVITATION_DAYS * DAY);
}

function urlOf(sender: Sender): string {
  return tenantUrl(sender.system.services.config.appUrl, tenantOf(sender).tenant);
}

function tenantOf({ tenant }: Sender): TenantContext {
  if (!tenant) throw new Error("This message is about a tenant, and its job belongs to none.");
  return tenant;
}
