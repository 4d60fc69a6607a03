import { z } from "zod";
import type { TenantContext } from "../context.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { idSchema } from "../platform/ids.ts";
import { subdomainUrl } from "../tenancy/tenant.ts";

const LINK_PURPOSE = "contact link";
const linkContent = z.tuple([idSchema(), idSchema(), idSchema().nullable()]);

/** Whom a link is for, and the campaign that carried it. */
export type ContactLink = { contactId: string; campaignId: string | null };

/** Where a contact sees and changes what the workspace may send and keeps, without signing in. */
export function contactUrl(ctx: TenantContext, contactId: string): string {
  return urlOf(ctx, { contactId, campaignId: null });
}

/** Where a contact, or their email client (RFC 8058), withdraws the consent. A campaign names itself, so that its report counts them. */
export function unsubscribeUrl(ctx: TenantContext, contactId: string, campaignId?: string): string {
  return `${urlOf(ctx, { contactId, campaignId: campaignId ?? null })}/unsubscribe`;
}

/** What the token of such a link says. Null if it isn't one of this workspace's. */
export function readContactToken(
  { tenant, services }: Pick<TenantContext, "tenant" | "services">,
  token: string,
): ContactLink | null {
  try {
    const [tenantId, contactId, campaignId] = linkContent.parse(
      JSON.parse(decrypt(token, services.config.appSecrets, LINK_PURPOSE)),
    );
    return tenantId === tenant.id ? { contactId, campaignId } : null;
  } catch {
    return null;
  }
}

/** On the subdomain: a link to unsubscribe has to outlive a custom domain. */
function urlOf({ tenant, services }: TenantContext, { contactId, campaignId }: ContactLink): string {
  const { appUrl, appSecret } = services.config;
  const token = encrypt(JSON.stringify([tenant.id, contactId, campaignId]), appSecret, LINK_PURPOSE);
  return `${subdomainUrl(appUrl, tenant)}/contact/${token}`;
}
