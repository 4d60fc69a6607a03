import { z } from "zod";
import { Invitation } from "../../views/emails/invitation.tsx";
import { OwnershipOffer } from "../../views/emails/ownership_offer.tsx";
import { TeamInvitation } from "../../views/emails/team_invitation.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { TenantContext } from "../context.ts";
import { type Audience, MEMBERS, type Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { isPlainName } from "../email/plain_names.ts";
import { SAMPLE } from "../email/sample.ts";
import { linkInto } from "../identity/emailed_links.ts";
import { findUserByEmail, findUserById } from "../identity/users.ts";
import { tenantOf } from "../outbox/job.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { UserId } from "./actor.ts";
import { findInvitation, type InvitationRow, invitationUrl } from "./invitation_links.ts";
import { findRole } from "./members.ts";
import { toRole } from "./member_role.ts";
import { findOwnershipOffer } from "./ownership_offers.ts";
import { plainRole } from "./plain_role.ts";

/**
 * Quotes names in the text only, and not even there if they could pass for a link or an address. The subject names the workspace
 * to readers with a confirmed address.
 */
export const INVITATION = email("invitation", {
  to: MEMBERS,
  inTenantsName: true,
  /** `inviterName` is null if the product itself invites. */
  request: z.object({ userId: idSchema<UserId>(), inviterName: z.string().nullable() }),
  load: async (ctx, reader, { inviterName }) => {
    const { tenant, system } = ctx;
    const tenantName = isPlainName(tenant.name) ? tenant.name : null;
    const role = await findRole(ctx, reader.id);
    if (!role) return null;
    const signInUrl = `${tenantUrl(ctx.services.config.appUrl, tenant)}/login`;
    return {
      inviterName: inviterName && isPlainName(inviterName) ? inviterName : null,
      tenantName,
      subjectName: reader.emailVerifiedAt ? tenantName : null,
      role: plainRole(role),
      ...await linkInto(system, reader, { url: signInUrl, tenantId: tenant.id }),
    };
  },
  subject: ({ subjectName }, _brand, locale) => {
    const { subject, aWorkspace } = emailText.of(locale).invitation;
    return subject(subjectName ?? aWorkspace);
  },
  preheader: ({ expiryDays }, _brand, locale) => {
    const { firstPassword, invitation } = emailText.of(locale);
    return expiryDays ? firstPassword.preheader(expiryDays) : invitation.preheader;
  },
  view: Invitation,
  sample: {
    inviterName: SAMPLE.person,
    tenantName: SAMPLE.tenantName,
    subjectName: SAMPLE.tenantName,
    role: "member",
    url: SAMPLE.passwordLink,
    expiryDays: 7,
  },
});

type Invitee = Recipient & { invitation: InvitationRow };

/** A person with an open invitation to the tenant that owns the job. They may have no account. */
const INVITEES: Audience<{ invitationId: string }, TenantContext, Invitee> = {
  find: async (run, { invitationId }) => {
    const ctx = tenantOf(run);
    const invitation = await findInvitation(ctx.system, invitationId);
    if (invitation?.tenantId !== ctx.tenant.id) return null;
    const { email } = invitation;
    const user = await findUserByEmail(ctx.system.control, email);
    const { id = null, name = "", emailVerifiedAt = null, locale = null } = user ?? {};
    return { ctx, reader: { id, email, name, emailVerifiedAt, locale, invitation } };
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.invited,
};

/** Quotes names as `INVITATION` does. */
export const TEAM_INVITATION = email("team_invitation", {
  to: INVITEES,
  inTenantsName: true,
  request: z.object({ invitationId: z.uuid() }),
  load: async ({ tenant, system }, { invitation, emailVerifiedAt }) => {
    const inviter = invitation.invitedBy && await findUserById(system.control, invitation.invitedBy);
    const tenantName = isPlainName(tenant.name) ? tenant.name : null;
    return {
      inviterName: inviter && isPlainName(inviter.name) ? inviter.name : null,
      tenantName,
      subjectName: emailVerifiedAt ? tenantName : null,
      role: plainRole(toRole(invitation)),
      url: invitationUrl(system, invitation.id),
      expiresAt: invitation.expiresAt,
    };
  },
  subject: ({ subjectName }, _brand, locale) => {
    const { subject, aWorkspace } = emailText.of(locale).invitation;
    return subject(subjectName ?? aWorkspace);
  },
  preheader: ({ expiresAt }, _brand, locale) => emailText.of(locale).teamInvitation.preheader(expiresAt),
  view: TeamInvitation,
  sample: {
    inviterName: SAMPLE.person,
    tenantName: SAMPLE.tenantName,
    subjectName: SAMPLE.tenantName,
    role: "member",
    url: SAMPLE.invitationLink,
    expiresAt: new Date("2026-12-24T10:00:00Z"),
  },
});

/** Names the people and the workspace to readers with a confirmed address only. */
export const OWNERSHIP_OFFER = email("ownership_offer", {
  to: MEMBERS,
  inTenantsName: true,
  request: z.object({ userId: idSchema<UserId>() }),
  load: async (ctx, reader) => {
    const offer = await findOwnershipOffer(ctx);
    if (offer?.to.userId !== reader.id) return null;
    const { services, tenant } = ctx;
    const names = { from: offer.from.name, tenantName: tenant.name };
    return {
      names: reader.emailVerifiedAt ? names : null,
      url: `${tenantUrl(services.config.appUrl, tenant)}/team/ownership`,
      expiresAt: offer.expiresAt,
    };
  },
  subject: ({ names }, _brand, locale) => {
    const text = emailText.of(locale).ownershipOffer;
    return text.subject(names?.tenantName ?? text.aWorkspace);
  },
  preheader: ({ expiresAt }, _brand, locale) => emailText.of(locale).ownershipOffer.preheader(expiresAt),
  view: OwnershipOffer,
  sample: {
    names: { from: SAMPLE.person, tenantName: SAMPLE.tenantName },
    url: `${SAMPLE.workspace}/team/ownership`,
    expiresAt: new Date("2026-12-24T10:00:00Z"),
  },
});
