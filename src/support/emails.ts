import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { supportVisits } from "../../db/control/schema/support.ts";
import { SupportUsed } from "../../views/emails/support_used.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { UserId } from "../access/actor.ts";
import { OWNERS } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { SAMPLE } from "../email/sample.ts";
import { idSchema } from "../platform/ids.ts";
import { tenantUrl } from "../tenancy/tenant.ts";

/** Tells an owner that a person of the platform's staff acts for a member. Names nobody to an unconfirmed address. */
export const SUPPORT_USED = email("support_used", {
  to: OWNERS,
  request: z.object({ userId: idSchema<UserId>(), visitId: z.uuid() }),
  load: async ({ system, services, tenant }, reader, { visitId }) => {
    const [visit] = await system.control.select().from(supportVisits)
      .where(and(eq(supportVisits.id, visitId), eq(supportVisits.tenantId, tenant.id)));
    if (!visit) return null;
    const { staffName, memberName, reason, access } = visit;
    return {
      visit: reader.emailVerifiedAt
        ? { tenantName: tenant.name, staffName, memberName, reason, access, hasGrant: visit.grantId !== null }
        : null,
      url: `${tenantUrl(services.config.appUrl, tenant)}/settings/support`,
    };
  },
  subject: ({ visit }, _brand, locale) => {
    const text = emailText.of(locale).supportUsed;
    return text.subject(visit?.tenantName ?? text.yourWorkspace);
  },
  preheader: (_data, _brand, locale) => emailText.of(locale).supportUsed.preheader,
  view: SupportUsed,
  sample: {
    visit: {
      tenantName: SAMPLE.tenantName,
      staffName: "Grace Hopper",
      memberName: SAMPLE.person,
      reason: "The project list is empty since this morning.",
      access: "read" as "read" | "change",
      hasGrant: true as boolean,
    },
    url: `${SAMPLE.workspace}/settings/support`,
  },
});
