import { z } from "zod";
import type { TenantContext } from "../context.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { tenantUrl } from "../tenancy/tenant.ts";
import type { Campaign } from "./campaign.ts";

const PURPOSE = "campaign link";
const linkContent = z.tuple([z.uuid(), z.int().nonnegative().nullable()]);

/** Whose link it is, and which of the campaign's links. `position` is null for the picture that counts opening. */
export type RecipientLink = { recipientId: string; position: number | null };

/** Where a recipient's link leads, by way of the workspace's host. */
export function clickUrl(ctx: TenantContext, recipientId: string, position: number): string {
  return `${originOf(ctx)}/c/${tokenOf(ctx, { recipientId, position })}`;
}

/** The address of the picture that counts opening. */
export function openUrl(ctx: TenantContext, recipientId: string): string {
  return `${originOf(ctx)}/c/${tokenOf(ctx, { recipientId, position: null })}.gif`;
}

/** The address of the campaign's public page, or null if it has none. */
export function archiveUrl(
  ctx: Pick<TenantContext, "tenant" | "services">,
  { id, archiveToken }: Pick<Campaign, "id" | "archiveToken">,
): string | null {
  return archiveToken && `${originOf(ctx)}/campaigns/${id}/archive/${archiveToken}`;
}

/** What a token says. Null if it isn't one of ours. */
export function readLinkToken(
  { services }: Pick<TenantContext, "services">,
  token: string,
): RecipientLink | null {
  try {
    const content = JSON.parse(decrypt(token, services.config.appSecrets, PURPOSE));
    const [recipientId, position] = linkContent.parse(content);
    return { recipientId, position };
  } catch {
    return null;
  }
}

function tokenOf({ services }: TenantContext, { recipientId, position }: RecipientLink): string {
  return encrypt(JSON.stringify([recipientId, position]), services.config.appSecret, PURPOSE);
}

function originOf({ tenant, services }: Pick<TenantContext, "tenant" | "services">): string {
  return tenantUrl(services.config.appUrl, tenant);
}
