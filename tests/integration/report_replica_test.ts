// Protects: reports come from the replica while it keeps up, and are right and on time while it doesn't.
import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { readReport, REPLICA } from "../../src/analytics/replica/read_report.ts";
import type { Replica } from "../../src/analytics/replica/replica.ts";
import { generateUsageReport } from "../../src/analytics/reports/usage_report.ts";
import { analyticsDaily } from "../../db/stream/schema/analytics_rollups.ts";
import { healthChecks } from "../../src/operations/health_checks.ts";
import { Health } from "../../src/platform/health.ts";
import { addEvents } from "../support/analytics.ts";
import { Exposition } from "../support/metrics.ts";
import { programs, StreamingReplica } from "../support/streaming_replica.ts";
import { type Company, World } from "../support/world.ts";

const RANGE = { start: "2026-03-01", end: "2026-03-02" };
const OPENED = { event: "opened", userId: "mei", at: "2026-03-01T10:00:00Z" };

/** The product on a server with a replica. */
type Scene = { cluster: StreamingReplica; world: World; acme: Company; replica: Replica };

Deno.test({ name: "reports are read from the replica", ignore: !programs }, async (t) => {
  await using cluster = await StreamingReplica.start();
  const variables = { DATABASE_URL: cluster.primaryUrl, DATABASE_REPLICA_URL: cluster.replicaUrl };
  await using world = await World.open(variables, { through: () => ({ url: cluster.primaryUrl }) });
  const acme = await world.company("acme");
  const replica = world.services.use(REPLICA)!;
  const scene = { cluster, world, acme, replica };

  await t.step("not before its lag is known", async () => {
    assert.deepEqual(await readsDuring(scene, () => generateUsageReport(acme.ctx, RANGE)), {
      replica: 0,
      primary: 2,
    });
  });

  await t.step("if it keeps up, also when nobody writes", async () => {
    await replica.measure();
    await cluster.caughtUp();
    await replica.measure();

    assert.ok(replica.lag < 2_000, `${replica.lag} ms`);
    assert.deepEqual(await readsDuring(scene, () => generateUsageReport(acme.ctx, RANGE)), {
      replica: 1, // the calls; the events are still cached
      primary: 0,
    });
    assert.equal(await healthOf(scene), "healthy ok");
  });

  await t.step("and an older figure of the replica is never kept as the newest one", async () => {
    await cluster.query("replica", "select pg_wal_replay_pause()");
    await addEvents(world, acme, [OPENED]);
    const early = await generateUsageReport(acme.ctx, RANGE);
    await cluster.query("replica", "select pg_wal_replay_resume()");
    await cluster.caughtUp();
    await replica.measure();
    const late = await generateUsageReport(acme.ctx, RANGE);

    assert.deepEqual([early.totals.events, late.totals.events], [0, 1]);
  });

  await t.step("and a query that takes too long isn't repeated on the primary", async () => {
    let failure: unknown;
    const reads = await readsDuring(scene, async () => {
      const tooLong = readReport(
        acme.ctx,
        ({ tx }) => tx((tx) => tx.execute(sql`select pg_sleep(5)`), { statementTimeout: 50 }),
      );
      failure = await tooLong.catch((error) => error);
    });

    assert.match(String((failure as Error).cause ?? failure), /statement timeout/);
    assert.deepEqual(reads, { replica: 0, primary: 0 });
  });

  await t.step("or from the primary, if a change on the replica cancels them", async () => {
    await replica.measure();
    const canceled = () =>
      readReport(
        acme.ctx,
        ({ read }) =>
          read((
            tx,
          ) => [
            tx.execute(sql`select count(*)::int as days from ${analyticsDaily} cross join pg_sleep(2)`),
          ]),
      );
    const running = readsDuring(scene, canceled);
    await new Promise((done) => setTimeout(done, 500));
    await removeOldRows(cluster);

    assert.deepEqual(await running, { replica: 0, primary: 1 });
  });

  await t.step("or if it is late", async () => {
    await cluster.caughtUp();
    await world.system.control.execute(
      sql`update control.replica_heartbeat set at = now() - interval '10 seconds'`,
    );
    await cluster.caughtUp();
    await cluster.query("replica", "select pg_wal_replay_pause()");
    await replica.measure();
    const [lag] = new Exposition((await world.services.metrics.scrape()).text).where(
      "saas_replica_lag_seconds",
    );
    const reads = await readsDuring(scene, () => generateUsageReport(acme.ctx, RANGE));
    const health = await healthOf(scene);
    await cluster.query("replica", "select pg_wal_replay_resume()");

    assert.ok(lag!.value > 9 && lag!.value < 20, `${lag!.value} s`);
    assert.equal(reads.replica, 0);
    assert.equal(health, "degraded fail");
  });

  await t.step("or if it is away, and from the replica again when it is back", async () => {
    await cluster.stopReplica();
    await replica.measure();
    const away = await readsDuring(scene, () => generateUsageReport(acme.ctx, RANGE));
    await cluster.startReplica();
    await cluster.caughtUp();
    await replica.measure();
    const back = await readsDuring(scene, () => generateUsageReport(acme.ctx, RANGE));

    assert.deepEqual([away.replica, back.primary], [0, 0]);
    assert.ok(away.primary > 0 && back.replica > 0);
  });
});

/** How many reads of reports each database answers during `work`. */
async function readsDuring(
  { world }: Scene,
  work: () => Promise<unknown>,
): Promise<Record<"replica" | "primary", number>> {
  const read = async () => {
    const scraped = new Exposition((await world.services.metrics.scrape()).text);
    const from = (source: string) => scraped.sum("saas_report_reads_total", { source });
    return { replica: from("replica"), primary: from("primary") };
  };
  const before = await read();
  await work();
  const after = await read();
  return { replica: after.replica - before.replica, primary: after.primary - before.primary };
}

async function healthOf({ world: { services, clock } }: Scene): Promise<string> {
  const { status, checks } = await new Health(clock, healthChecks(services)).report();
  return `${status} ${checks.find(({ name }) => name === "replica")!.status}`;
}

/** Removes rows that the replica's queries still see, so that it must cancel them to replay the change. */
async function removeOldRows(cluster: StreamingReplica): Promise<void> {
  await cluster.query("primary", "update stream.analytics_daily set events = events");
  await cluster.query("primary", "vacuum stream.analytics_daily");
}
