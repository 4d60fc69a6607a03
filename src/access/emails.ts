import { z } from "zod";
import { Invitation } from "../../views/emails/invitation.tsx";
import { emailText } from "../../views/emails/text.ts";
import { MEMBERS } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { isPlainName } from "../email/plain_names.ts";
import { SAMPLE } from "../email/sample.ts";
import { linkInto } from "../identity/emailed_links.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { UserId } from "./actor.ts";
import { findRole } from "./members.ts";
import { type MemberRole, nameOfRole } from "./permissions.ts";

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

/** The role's name, or `member` if the name could pass for a link or an address. */
function plainRole(role: MemberRole): string {
  const name = nameOfRole(role);
  return isPlainName(name) ? name : "member";
}
