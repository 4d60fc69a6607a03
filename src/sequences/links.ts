import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import { sequenceEmails } from "../../db/tenant/schema/sequences.ts";
import { isPerson, type Visit } from "../campaigns/engagement.ts";
import type { TenantContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { problem } from "../platform/problem.ts";
import { tenantUrl } from "../tenancy/tenant.ts";

const LINK_NOT_FOUND = problem("sequence_link_not_found", "This link was not found.");

const PURPOSE = "sequence link";
const linkContent = z.tuple([z.uuid(), z.uuid(), z.url()]);

/** A link of an email, by way of the workspace's host. The target is sealed, so nobody can make a link that leads elsewhere. */
export function sequenceLink({ tenant, services }: TenantContext, emailId: string, target: string): string {
  const { appUrl, appSecret } = services.config;
  const token = encrypt(JSON.stringify([tenant.id, emailId, target]), appSecret, PURPOSE);
  return `${tenantUrl(appUrl, tenant)}/s/${token}`;
}

/** Where a link leads. Counts the first click, unless it is a program's. Throws `not_found`. */
export async function followSequenceLink(ctx: TenantContext, token: string, visit: Visit): Promise<string> {
  const [tenantId, emailId, target] = readToken(ctx, token);
  if (tenantId !== ctx.tenant.id) throw notFound(LINK_NOT_FOUND);
  const now = ctx.services.clock.now();
  const e = sequenceEmails;
  await ctx.tx(async (tx) => {
    const [email] = await tx.select().from(e).where(eq(e.id, emailId));
    if (!email || !isPerson(visit, { sentAt: null, claimedAt: email.claimedAt }, now)) return;
    await tx.update(e).set({ clickedAt: now }).where(and(eq(e.id, emailId), isNull(e.clickedAt)));
  });
  return target;
}

function readToken({ services }: TenantContext, token: string): z.output<typeof linkContent> {
  try {
    return linkContent.parse(JSON.parse(decrypt(token, services.config.appSecrets, PURPOSE)));
  } catch {
    throw notFound(LINK_NOT_FOUND);
  }
}
