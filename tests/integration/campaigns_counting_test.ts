// Protects: however long counting a campaign's recipients takes, it holds nobody up, and a change's answer has its figures.
import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { pause } from "../../db/connection/retry.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { campaignRecipients } from "../../db/tenant/schema/campaigns.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { cancelCampaign, pauseCampaign, resendUnknown, sendCampaign } from "../../src/campaigns/sending.ts";
import { newId } from "../../src/platform/ids.ts";
import { readyCampaign } from "../support/campaigns.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { type Company, World } from "../support/world.ts";

const CHANGES = { pause: pauseCampaign, cancel: cancelCampaign };

for (const [name, change] of Object.entries(CHANGES)) {
  Deno.test({
    name: `${name}: while the recipients are counted, the campaign is free for others`,
    ignore: HAS_ONE_BACKEND,
    fn: async () => {
      await using world = await World.open();
      const { ctx } = await world.company("acme");
      const id = await sending({ ctx }, { waiting: 3 });

      const { answer } = await withMigrator(world.services.db, async (tx) => {
        const { schemaName } = ctx.tenant;
        await runScript(tx, `set local role ${schemaName}; lock table ${schemaName}.campaign_recipients`);
        const answer = change(ctx, id);
        await untilWaiting(world);
        await runScript(tx, `select from ${schemaName}.campaigns for update nowait`);
        return { answer };
      });
      const { stats } = await answer;

      assert.equal(stats.recipients, 3);
    },
  });
}

Deno.test("the answer to a change has the figures as they are after it", async (t) => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");

  await t.step("canceled", async () => {
    const id = await sending({ ctx }, { waiting: 3, claimed: 1, sent: 2 });
    const { stats } = await cancelCampaign(ctx, id);

    assert.deepEqual([stats.waiting, stats.skipped, stats.sent, stats.recipients], [1, 3, 2, 6]);
    assert.deepEqual((await getCampaign(ctx, id)).stats, stats);
  });

  await t.step("sent again", async () => {
    const id = await sending({ ctx }, { unknown: 2, sent: 1 });
    const { stats } = await resendUnknown(ctx, id);

    assert.deepEqual([stats.unknown, stats.waiting, stats.sent, stats.recipients], [0, 2, 1, 3]);
    assert.deepEqual((await getCampaign(ctx, id)).stats, stats);
  });
});

/** A campaign that is being sent, with so many recipients in each state. */
async function sending({ ctx }: Pick<Company, "ctx">, states: Partial<Record<State, number>>) {
  const { id } = await readyCampaign(ctx);
  await ctx.tx((tx) =>
    tx.execute(sql`insert into contacts (id, email, consent, created_at, updated_at)
      values (${newId()}, 'ada@example.com', 'given', now(), now()) on conflict do nothing`)
  );
  await sendCampaign(ctx, id, { scheduledAt: null });
  const rows = Object.entries(states).flatMap(([state, count]) =>
    Array.from({ length: count }, () => ({ campaignId: id, contactId: newId(), state: state as State }))
  );
  await ctx.tx((tx) => tx.insert(campaignRecipients).values(rows));
  return id;
}

type State = typeof campaignRecipients.$inferSelect["state"];

/** Waits until a statement waits for a table. */
async function untilWaiting({ system: { control } }: World): Promise<void> {
  const waits = sql`select from pg_locks where not granted and relation is not null
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await control.execute(waits)).length === 0) await pause(10);
}
