import { sql } from "drizzle-orm";
import { runScript } from "../../db/connection/transaction.ts";
import { withMigrator } from "../../db/migration/migrator.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { importOptions, importWorkspace } from "../../src/exports/import_workspace.ts";
import { writeArchive } from "../../src/exports/write_archive.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, timed, within } from "./measure.ts";

const ROWS = Number(Deno.env.get("BENCH_ROWS") ?? 1_000_000);
const ROWS_AT_ONCE = 250_000;
const MEGABYTE = 1024 * 1024;
const SAMPLE_EVERY_MILLISECONDS = 20;

/**
 * How long an export and an import of a large workspace take, and how much memory they add to the process. Half of the rows are
 * projects, half analytics events. Beside the times, the same rows as JSON in a single query.
 */
export async function benchExports(): Promise<Figure[]> {
  await using world = await World.open();
  const acme = await world.company("acme");
  await maintainPartitions(world.services.db, world.clock.now());
  await fill(world, acme);
  const naive = await timed(() => asJson(acme));
  const file = await Deno.makeTempFile({ suffix: ".tar.gz" });
  try {
    await writeArchive(acme.ctx, new WritableStream()); // lets the process grow to its size at work
    const made = await withPeak(async () => {
      const { writable } = await Deno.open(file, { write: true });
      await writeArchive(acme.ctx, writable);
    });
    const loaded = await withPeak(async () => {
      const open = async () => (await Deno.open(file)).readable;
      await importWorkspace(world.system, open, importOptions.parse({ subdomain: "copy" }));
    });
    const size = (await Deno.stat(file)).size / MEGABYTE;
    const of = `of ${ROWS.toLocaleString("en-US")} rows`;
    return [
      within(`export ${of}; the rows as JSON in one query`, "ms", made.time, naive, { below: 60_000 }),
      within(`import ${of}; the same`, "ms", loaded.time, naive, { below: 180_000 }),
      within(`memory that the export adds; size of the archive`, "MB", made.peak, size, { below: 200 }),
      within(`memory that the import adds; size of the archive`, "MB", loaded.peak, size, { below: 300 }),
    ];
  } finally {
    await Deno.remove(file);
  }
}

async function fill(world: World, { tenant, owner }: Company): Promise<void> {
  for (let first = 0; first < ROWS / 2; first += ROWS_AT_ONCE) {
    const last = Math.min(first + ROWS_AT_ONCE, ROWS / 2) - 1;
    await world.asOwner(
      `insert into ${tenant.schemaName}.projects (id, name, description, owner_id, created_at, updated_at)
      select gen_random_uuid(), 'Project ' || n, 'Racking plan for site ' || md5(n::text), '${owner.id}', now(), now()
      from generate_series(${first}, ${last}) as n`,
    );
    await withMigrator(world.services.db, async (tx) => {
      await runScript(tx, "alter table stream.analytics_events no force row level security");
      await runScript(
        tx,
        `insert into stream.analytics_events (tenant_id, id, event, user_id, properties, occurred_at, received_at)
         select '${tenant.id}', gen_random_uuid(), 'event ' || n % 20, 'user ' || n % 5000, '{"path": "/products"}',
           timestamptz '2026-02-01T00:00:00Z' + n * interval '1 second', timestamptz '2026-03-02T09:00:00Z'
         from generate_series(${first}, ${last}) as n`,
      );
      await runScript(tx, "alter table stream.analytics_events force row level security");
    });
  }
}

async function asJson({ ctx, tenant }: Company): Promise<void> {
  await ctx.tx(async (tx) => {
    await tx.execute(sql`select sum(length(row_to_json(p)::text)) from projects p`);
    await tx.execute(
      sql`select sum(length(row_to_json(e)::text)) from stream.analytics_events e where tenant_id = ${tenant.id}`,
    );
  }, { statementTimeout: 600_000 });
}

/** The time of `work` in milliseconds, and the resident memory in megabytes that it adds at its peak. */
async function withPeak(work: () => Promise<void>): Promise<{ time: number; peak: number }> {
  const before = Deno.memoryUsage().rss;
  let peak = before;
  const sampler = setInterval(() => {
    peak = Math.max(peak, Deno.memoryUsage().rss);
  }, SAMPLE_EVERY_MILLISECONDS);
  try {
    const time = await timed(work);
    return { time, peak: (peak - before) / MEGABYTE };
  } finally {
    clearInterval(sampler);
  }
}
