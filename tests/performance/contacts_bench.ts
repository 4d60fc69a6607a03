import { importPlan, planImport, startImport } from "../../src/contacts/imports/imports.ts";
import { stageImport } from "../../src/contacts/imports/staging.ts";
import { countSegment } from "../../src/contacts/segments.ts";
import type { SegmentFilter } from "../../src/contacts/segment_filter.ts";
import { runJobs } from "../support/notifications.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, median, timed, within } from "./measure.ts";

const ROWS = Number(Deno.env.get("BENCH_CONTACTS") ?? 100_000);
const ROUNDS = 5;
const MEGABYTE = 1024 ** 2;

const SEGMENT: SegmentFilter = {
  match: "all",
  conditions: [
    { type: "tag", op: "has", value: "tag 3" },
    { type: "field", key: "city", op: "contains", value: "city 1" },
    { type: "event", op: "did_not", value: "ordered", days: 30 },
  ],
};

/** The import of a large file: read and checked, then applied, beside one statement that inserts the same rows. */
export async function benchContacts(): Promise<Figure[]> {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const bytes = new TextEncoder().encode(fileOf(ROWS));
  const memory = watchMemory();
  let id = "";
  const staged = await timed(async () => {
    id = await stageImport(acme.ctx, { fileName: "people.csv", bytes });
  });
  const plan = { columns: ["email", "name", "tags", "field:city", "external_id"], tags: [], listId: null };
  await planImport(acme.ctx, id, importPlan.parse({ ...plan, consent: "given", consentGiven: "By a form" }));
  await startImport(acme.ctx, id);
  const applied = await timed(() => runJobs(world));
  const grown = memory.stop();
  const counts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    counts.push(await timed(() => countSegment(acme.ctx, SEGMENT)));
  }
  const [[total]] = await acme.ctx.read((
    tx,
  ) => [tx.execute("select count(*)::int as contacts from contacts")]);
  if (total!.contacts !== ROWS) throw new Error(`${total!.contacts} of ${ROWS} contacts were imported.`);
  const naive = await timed(() => insertPlainly(globex));
  const rows = `${ROWS.toLocaleString("en-US")} rows`;
  return [
    within(`import of ${rows}, checked and applied; one plain insert`, "ms", staged + applied, naive, {
      below: 15_000,
    }),
    within(`of that, reading and checking; the same`, "ms", staged, naive, { below: 10_000 }),
    within(`memory while importing ${rows}; the file`, "MB", grown / MEGABYTE, bytes.length / MEGABYTE, {
      below: 150,
    }),
    within(`count of a segment of 3 conditions over ${rows}; the same`, "ms", median(counts), naive, {
      below: 1_000,
    }),
  ];
}

function fileOf(rows: number): string {
  const lines = Array.from(
    { length: rows },
    (_, n) => `person-${n}@example.com,"Person, number ${n}",tag ${n % 7},city ${n % 50},customer-${n}`,
  );
  return `Email,Name,Tags,City,ID\n${lines.join("\n")}\n`;
}

async function insertPlainly({ ctx }: Company): Promise<void> {
  await ctx.tx((tx) =>
    tx.execute(
      `insert into contacts (id, email, name, external_id, fields, tags, consent, created_at, updated_at)
      select gen_random_uuid(), 'person-' || n || '@example.com', 'Person, number ' || n, 'customer-' || n,
        jsonb_build_object('city', 'city ' || n % 50), array['tag ' || n % 7], 'given', now(), now()
      from generate_series(1, ${ROWS}) as n`,
    )
  );
}

/** The growth of the process's memory until `stop`. */
function watchMemory(): { stop(): number } {
  const { rss: before } = Deno.memoryUsage();
  let most = before;
  const timer = setInterval(() => most = Math.max(most, Deno.memoryUsage().rss), 50);
  return {
    stop: () => {
      clearInterval(timer);
      return most - before;
    },
  };
}
