import type { EmailBrand } from "../../views/emails/email_context.ts";
import { PRODUCT_COLOR } from "../../views/emails/palette.ts";
import { logoUrl, type Tenant, tenantUrl } from "../tenancy/tenant.ts";

export const PRODUCT_NAME = "Denizen";

/** The look of the product's own emails. */
export function productBrand(appUrl: URL): EmailBrand {
  return { name: PRODUCT_NAME, color: PRODUCT_COLOR, logoUrl: null, url: appUrl.origin };
}

/** The look of emails in a tenant's name. The logo comes from the apex, which stays when the tenant moves. */
export function tenantBrand(
  appUrl: URL,
  tenant: Pick<Tenant, "id" | "name" | "brand" | "subdomain" | "primaryDomain">,
): EmailBrand {
  return {
    name: tenant.name,
    color: tenant.brand.color ?? PRODUCT_COLOR,
    logoUrl: logoUrl(appUrl, tenant),
    url: tenantUrl(appUrl, tenant),
  };
}
