import { eq } from "drizzle-orm";
import { z } from "zod";
import { contactLists } from "../../db/tenant/schema/contacts.ts";
import { ListConfirmation } from "../../views/emails/list_confirmation.tsx";
import { emailText } from "../../views/emails/text.ts";
import type { TenantContext } from "../context.ts";
import type { Audience, Recipient } from "../email/audience.ts";
import { email } from "../email/email.ts";
import { isPlainName } from "../email/plain_names.ts";
import { SAMPLE } from "../email/sample.ts";
import { tenantOf } from "../outbox/job.ts";
import { encrypt } from "../platform/crypto.ts";
import { tenantUrl } from "../tenancy/tenant.ts";

export const CONFIRMATION_PURPOSE = "list confirmation";

const request = z.object({
  email: z.string(),
  name: z.string(),
  listId: z.uuid(),
  requestedAt: z.iso.datetime(),
});

/**
 * Somebody who entered an address in a form of the workspace. The name that they typed isn't used, because the address may be
 * another person's. It counts as confirmed, because the email would say nothing without the workspace's name. The subject has none.
 */
const SUBSCRIBERS: Audience<z.output<typeof request>, TenantContext, Recipient> = {
  find: (run, { email, requestedAt }) => {
    const reader = { id: null, email, name: "", emailVerifiedAt: new Date(requestedAt), locale: null };
    return Promise.resolve({ ctx: tenantOf(run), reader });
  },
  reason: (_reader, _tenantName, locale) => emailText.of(locale).reasons.listSignUp,
};

/** Quotes names only if they can't pass for a link or an address. */
export const LIST_CONFIRMATION = email("list_confirmation", {
  to: SUBSCRIBERS,
  inTenantsName: true,
  request,
  load: async (ctx, _reader, { email, name, listId, requestedAt }) => {
    const { tenant, services } = ctx;
    const [[list]] = await ctx.read((tx) => [
      tx.select().from(contactLists).where(eq(contactLists.id, listId)),
    ]);
    if (!list) return null;
    const content = JSON.stringify([tenant.id, listId, email, name, requestedAt]);
    const token = encrypt(content, services.config.appSecret, CONFIRMATION_PURPOSE);
    return {
      tenantName: isPlainName(tenant.name) ? tenant.name : null,
      listName: isPlainName(list.name) ? list.name : null,
      url: `${tenantUrl(services.config.appUrl, tenant)}/subscribe/confirm/${token}`,
    };
  },
  subject: (_data, _brand, locale) => emailText.of(locale).listConfirmation.subject,
  preheader: (_data, _brand, locale) => emailText.of(locale).listConfirmation.preheader,
  view: ListConfirmation,
  sample: {
    tenantName: SAMPLE.tenantName,
    listName: "Newsletter",
    url: `${SAMPLE.workspace}/subscribe/confirm/q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E`,
  },
});
