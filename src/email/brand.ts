import type { EmailBrand } from "../../views/emails/email_context.ts";
import { type Tenant, tenantUrl } from "../tenancy/tenant.ts";

export const PRODUCT_NAME = "Denizen";
const PRODUCT_COLOR = "#0b6b58";

/** The look of the product's own emails. */
export function productBrand(appUrl: URL): EmailBrand {
  return { name: PRODUCT_NAME, color: PRODUCT_COLOR, logoUrl: null, url: appUrl.origin };
}

/** The look of emails in a tenant's name. */
export function tenantBrand(
  appUrl: URL,
  tenant: Pick<Tenant, "name" | "brand" | "subdomain">,
): EmailBrand {
  const { color, logoUrl } = tenant.brand;
  return { name: tenant.name, color: color ?? PRODUCT_COLOR, logoUrl, url: tenantUrl(appUrl, tenant) };
}
