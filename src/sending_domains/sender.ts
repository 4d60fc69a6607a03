import { and, eq } from "drizzle-orm";
import { sendingDomains } from "../../db/control/schema/sending_domains.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import type { TenantId } from "../../db/ids.ts";
import { returnAddress } from "../bounces/return_path.ts";
import type { SystemContext } from "../context.ts";
import { EMAIL_TRANSPORT } from "../email/deliver.ts";
import { productSender } from "../email/envelope.ts";
import type { DkimKey } from "../email/transports/transport.ts";
import { notFound } from "../errors.ts";
import type { NamedAddress } from "../platform/named_address.ts";
import type { Services } from "../ports.ts";
import { WORKSPACE_NOT_FOUND } from "../tenancy/tenant.ts";
import { openDkimKey } from "./dkim_key.ts";
import { returnHostOf } from "./records.ts";

/** How a tenant's emails to its contacts are sent. Load it once for a batch. */
export type CampaignSender = {
  /** The tenant's own address if its domain is verified, otherwise the product's as "Acme via Denizen". */
  from: NamedAddress;
  /** For `OutgoingEmail.dkim`. Given with the tenant's own address only. */
  dkim?: DkimKey;
  /** For `OutgoingEmail.returnPath`: where the bounce of an email to this contact goes. Undefined if nothing receives bounces. */
  returnPath(contact: { id: string; email: string }): string | undefined;
};

/** How to send a tenant's emails to its contacts now. Throws `not_found` if the tenant is gone. */
export async function campaignSender(ctx: SystemContext, tenantId: TenantId): Promise<CampaignSender> {
  const { services, control } = ctx;
  const isVerified = and(eq(sendingDomains.tenantId, tenants.id), eq(sendingDomains.status, "verified"));
  const [row] = await control.select({ name: tenants.name, domain: sendingDomains }).from(tenants)
    .leftJoin(sendingDomains, isVerified).where(eq(tenants.id, tenantId));
  if (!row) throw notFound(WORKSPACE_NOT_FOUND);
  const host = services.config.emailReturnHost;
  const own = signsEmails(services) ? row.domain : null;
  const bouncesTo = host && own?.receivesBounces ? returnHostOf(own.domain) : host;
  return {
    from: own ? { name: row.name, address: `${own.sender}@${own.domain}` } : productSender(ctx, row),
    ...(own ? { dkim: openDkimKey(services, own) } : {}),
    returnPath: ({ id, email }) =>
      bouncesTo && returnAddress(services, { tenantId, contactId: id, email }, bouncesTo),
  };
}

/** Whether emails can come from tenants' own domains on this installation. */
export function signsEmails(services: Services): boolean {
  return services.use(EMAIL_TRANSPORT).signs;
}
