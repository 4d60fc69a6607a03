import type { EmailBrand } from "../../views/emails/email_context.ts";
import type { EmailFooter } from "../../views/emails/email_layout.tsx";
import { DEFAULT_LOCALE, type Locale } from "../../views/locale.ts";
import type { UserId } from "../access/actor.ts";
import type { SystemContext } from "../context.ts";
import type { JobRun } from "../outbox/job.ts";
import type { NamedAddress } from "../platform/named_address.ts";
import { subdomainUrl, type Tenant } from "../tenancy/tenant.ts";
import type { Reason, Recipient } from "./audience.ts";
import { PRODUCT_NAME, productBrand, tenantBrand } from "./brand.ts";
import type { EmailCategory } from "./category.ts";
import { isPlainName, isPlainSender } from "./plain_names.ts";
import { unsubscribeUrl } from "./preferences.ts";

/** The recipient and the sender of an email, and the reason for it. */
export type Envelope = {
  to: NamedAddress;
  from: NamedAddress;
  brand: EmailBrand;
  footer: EmailFooter;
  locale: Locale;
  headers: Record<string, string>;
};

/** What an email's declaration says about its envelope. */
export type EmailPolicy = {
  readonly to: { readonly reason: Reason };
  /** Null if the reader can't turn the email off. */
  readonly category: EmailCategory | null;
  /** Sent in the tenant's name and look to confirmed addresses: these readers know the tenant, not the product. */
  readonly inTenantsName: boolean;
};

/** RFC 3834: asks machines not to answer. */
const BY_MACHINE = { "Auto-Submitted": "auto-generated" };

/**
 * The envelope of an email to one reader. An unconfirmed address may belong to someone who has never heard of the product, so
 * its envelope contains no text that a stranger chose.
 */
export function addressTo(
  { system, tenant }: Pick<JobRun, "system" | "tenant">,
  { to, category, inTenantsName }: EmailPolicy,
  reader: Recipient,
): Envelope {
  const { appUrl } = system.services.config;
  const isConfirmed = reader.emailVerifiedAt !== null;
  const locale = reader.locale ?? DEFAULT_LOCALE;
  const sender = isConfirmed && inTenantsName && tenant ? tenant.tenant : null;
  const choices = category && tenant && reader.id
    ? choicesOf(system, tenant.tenant, category, reader.id)
    : null;
  return {
    to: { name: isConfirmed && isPlainName(reader.name) ? reader.name : "", address: reader.email },
    from: productSender(system, sender),
    brand: sender ? tenantBrand(appUrl, sender) : productBrand(appUrl),
    footer: {
      reason: to.reason(reader, tenant?.tenant.name ?? "", locale),
      unsubscribeUrl: choices?.unsubscribeUrl ?? null,
      preferencesUrl: choices?.preferencesUrl ?? null,
    },
    locale,
    headers: { ...BY_MACHINE, ...choices?.headers },
  };
}

/** The address is always the product's. So is the name, if the tenant's could pass for another sender. */
export function productSender(
  { services }: Pick<SystemContext, "services">,
  tenant: Pick<Tenant, "name"> | null,
): NamedAddress {
  const { name, address } = services.config.emailFrom;
  const own = name || PRODUCT_NAME;
  if (!tenant || !isPlainSender(tenant.name, own)) return { name, address };
  return { name: `${tenant.name} via ${own}`, address };
}

/** Where readers can turn a category off: for people, and for email programs (RFC 8058). */
function choicesOf(system: SystemContext, tenant: Tenant, category: EmailCategory, userId: UserId) {
  const url = unsubscribeUrl(system, userId, category);
  return {
    unsubscribeUrl: url,
    preferencesUrl: `${subdomainUrl(system.services.config.appUrl, tenant)}/account/notifications`,
    headers: {
      "List-Unsubscribe": `<${url}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
  };
}
