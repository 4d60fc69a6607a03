// Protects: a workspace's large reports can hold up neither its other work nor other workspaces.
import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { runningReports } from "../../db/control/schema/saved_reports.ts";
import { runHeavyQuery } from "../../src/analytics/reports/heavy_query.ts";
import { DomainError } from "../../src/errors.ts";
import { newId } from "../../src/platform/ids.ts";
import { serverUrl } from "../support/database.ts";
import { type Company, World } from "../support/world.ts";

const FUNNEL = "/analytics/funnel?steps=opened,saved";

/** As if another process had begun a report `secondsAgo`. */
async function beginElsewhere({ system }: World, { tenant }: Company, secondsAgo: number): Promise<void> {
  await system.control.insert(runningReports).values({
    tenantId: tenant.id,
    run: newId(),
    startedAt: sql`now() - ${secondsAgo} * interval '1 second'`,
  });
}

Deno.test("429: while one large report of a workspace runs, another one has to wait, but not in other workspaces", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const token = await world.token(acme);
  await beginElsewhere(world, acme, 1);

  const refused = await world.api("GET", FUNNEL, { token });
  const [usage, elsewhere] = [
    await world.api("GET", "/analytics/report", { token }),
    await world.api("GET", FUNNEL, { token: await world.token(globex) }),
  ];

  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "3");
  assert.deepEqual(refused.json["violated-policies"], ["large_reports"]);
  assert.equal(
    refused.headers["ratelimit-policy"],
    `"plan";q=3000;w=60, "large_reports";q=1;qu="concurrent-requests"`,
  );
  assert.equal(refused.headers["ratelimit"], `"plan";r=2999;t=60, "large_reports";r=0;t=3`);
  assert.match(refused.json.detail, /^Another report of this workspace is being prepared\./);
  assert.deepEqual([usage.status, elsewhere.status], [200, 200]);
});

Deno.test("a report whose process was killed holds up no other one for long", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await beginElsewhere(world, acme, 21);

  const { status } = await world.api("GET", FUNNEL, { token: await world.token(acme) });

  assert.equal(status, 200);
  assert.deepEqual(await world.system.control.select().from(runningReports), []);
});

Deno.test("a report that fails lets the next one run", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  await assert.rejects(runHeavyQuery(acme.ctx, (tx) => tx.execute(sql`select 1 / 0`)));

  assert.deepEqual(await runHeavyQuery(acme.ctx, () => Promise.resolve("made")), "made");
});

Deno.test({
  name: "422: a report that takes too long is canceled, and says so",
  ignore: !serverUrl, // the embedded database can't interrupt a statement
  async fn() {
    await using world = await World.open();
    const acme = await world.company("acme");
    const long = sql`select count(*) from generate_series(1, 1000000000)`;
    const { tx } = acme.ctx;
    const hurried: Company["ctx"]["tx"] = (work) => tx(work, { statementTimeout: 50 });

    await assert.rejects(
      runHeavyQuery({ ...acme.ctx, tx: hurried }, (run) => run.execute(long)),
      (error) => error instanceof DomainError && error.kind === "invalid" && "start" in error.fields,
    );
  },
});
