// Protects: however often the process that sends a campaign is killed, nobody gets the email twice, and every outcome is counted.
import assert from "node:assert/strict";
import { eq, sql } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { pauseCampaign, resumeCampaign, sendCampaign } from "../../src/campaigns/sending.ts";
import type { TenantContext } from "../../src/context.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { EmailServer } from "../support/email_server.ts";
import { openBeside, openCompany, openHome, untilTrue } from "../support/job_processes.ts";
import { ServerProcess } from "../support/process.ts";

/** How many emails have arrived when the process is killed. CAMPAIGN_KILLS=20 takes minutes. */
const KILLS = Array.from(
  { length: Number(Deno.env.get("CAMPAIGN_KILLS") ?? 3) },
  (_, index) => 20 + 40 * index,
);
const CONTACTS = KILLS.at(-1)! + 50;
const CONTACT = /^c\d+@example\.com$/;
const LANES = 2;
/** A killed process's job is free again after 15 seconds. */
const LONGEST_WAIT = 60 * SECOND;

Deno.test("a process that is killed again and again sends no email twice, and loses count of few", async () => {
  await using server = await EmailServer.start({ delay: 20 });
  await using home = await openHome("kv");
  const variables = { ...home.variables, SMTP_URL: server.url().href, LOG_LEVEL: "error" };
  let campaign: { tenantId: string; id: string } | null = null;

  for (const kill of KILLS) {
    await using process = await ServerProcess.start(variables);
    await process.ready();
    campaign ??= await startCampaign(variables);
    await untilTrue(() => reached(server).length >= kill, LONGEST_WAIT);
    await process.stop("SIGKILL");
  }
  const received = reached(server).length;
  const { tenantId, id } = campaign!;
  await using last = await ServerProcess.start(variables);
  await last.ready();
  await using system = await openBeside(variables);
  const ctx = await openTenant(system, tenantId);
  await untilTrue(async () => await countState(ctx, "waiting") === 0, LONGEST_WAIT);
  await pause(SECOND); // the last emails are on their way
  const lost = await countState(ctx, "claimed");
  await agedClaims(ctx, id);
  await untilTrue(async () => (await getCampaign(ctx, id)).status === "sent", LONGEST_WAIT);

  const { stats } = await getCampaign(ctx, id);
  const addresses = reached(server);
  assert.ok(received < CONTACTS, "the campaign had ended before the last kill");
  assert.equal(new Set(addresses).size, addresses.length);
  assert.ok(lost <= LANES * KILLS.length, `${lost} lost`);
  assert.deepEqual([stats.recipients, stats.sent + stats.unknown, stats.unknown], [CONTACTS, CONTACTS, lost]);
  assert.ok(addresses.length >= stats.sent && addresses.length <= CONTACTS);
});

/** The contacts who got the email. The owner also gets an email about the new workspace. */
function reached(server: EmailServer): string[] {
  return server.received.map(({ to }) => to[0]!).filter((address) => CONTACT.test(address));
}

async function startCampaign(variables: Record<string, string>) {
  await using system = await openBeside(variables);
  const ctx = await openCompany(system);
  await addContacts(
    ctx,
    Array.from({ length: CONTACTS }, (_, index) => ({ email: `c${index}@example.com` })),
  );
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, { scheduledAt: null });
  return { tenantId: ctx.tenant.id, id };
}

/** As if ten minutes had passed, and someone looked after the campaign. */
async function agedClaims(ctx: TenantContext, id: string): Promise<void> {
  await ctx.tx((tx) =>
    tx.update(campaignRecipients).set({ claimedAt: sql`${campaignRecipients.claimedAt} - interval '1 hour'` })
      .where(eq(campaignRecipients.state, "claimed"))
  );
  if ((await getCampaign(ctx, id)).status !== "sending") return;
  await pauseCampaign(ctx, id);
  await resumeCampaign(ctx, id);
}

async function countState(ctx: TenantContext, state: "waiting" | "claimed"): Promise<number> {
  return await ctx.tx((tx) => tx.$count(campaignRecipients, eq(campaignRecipients.state, state)));
}
