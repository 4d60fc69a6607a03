// Protects: a file of contacts is read whatever wrote it, each line's fate is known before anything changes, and nobody who
// unsubscribed becomes a subscriber by a file.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { eq } from "drizzle-orm";
import { contactImportRows, contactImports, contacts } from "../../db/tenant/schema/contacts.ts";
import { newContact } from "../../src/contacts/contact.ts";
import { createContact, deleteContact, updateContact } from "../../src/contacts/contacts.ts";
import {
  deleteImport,
  getImport,
  importPlan,
  planImport,
  startImport,
} from "../../src/contacts/imports/imports.ts";
import { MAX_ROWS, stageImport } from "../../src/contacts/imports/staging.ts";
import { suppress } from "../../src/email/suppression.ts";
import { DomainError } from "../../src/errors.ts";
import { DELETE_EXPIRED } from "../../src/operations/retention.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { DAY } from "../../src/platform/clock.ts";
import { englishOf } from "../../src/platform/problem.ts";
import { runJobs } from "../support/notifications.ts";
import { type Company, World } from "../support/world.ts";

const AGREED = "They signed up at our fair in Lyon.";

Deno.test("a file from any program is read the same way", async (t) => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const text = 'Email,Name,Tags\r\nzoe@example.com,"Zoë, ""Z""\nLéger",vip\r\n';
  const files: Record<string, Uint8Array> = {
    "UTF-8": bytesOf(text),
    "UTF-8 with a byte order mark": bytesOf(`\ufeff${text}`),
    "UTF-16, little end first": Buffer.from(`\ufeff${text}`, "utf16le"),
    "UTF-16, big end first": Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
    "Windows-1252": Buffer.from(text, "latin1"),
    "semicolons": bytesOf(
      text.replaceAll("Email,Name,Tags", "Email;Name;Tags").replace("com,", "com;").replace('",', '";'),
    ),
    "tabs": bytesOf(
      text.replaceAll("Email,Name,Tags", "Email\tName\tTags").replace("com,", "com\t").replace('",', '"\t'),
    ),
    "a separator named above the headings": bytesOf(
      `sep=;\r\n${
        text.replaceAll("Email,Name,Tags", "Email;Name;Tags").replace("com,", "com;").replace('",', '";')
      }`,
    ),
    "line feeds only": bytesOf(text.replaceAll("\r\n", "\n")),
    "carriage returns only": bytesOf(text.replaceAll("\r\n", "\r")),
    "empty lines and no end of line": bytesOf(text.replace("\r\nzoe", "\r\n\r\n\r\nzoe").trimEnd()),
  };

  for (const [name, bytes] of Object.entries(files)) {
    await t.step(name, async () => {
      const id = await stageImport(ctx, { fileName: "people.csv", bytes });
      const { found, issues } = await getImport(ctx, id);
      const [[row]] = await ctx.read((tx) => [
        tx.select().from(contactImportRows).where(eq(contactImportRows.importId, id)),
      ]);

      assert.deepEqual(found.columns, ["email", "name", "tags"]);
      assert.deepEqual(issues, []);
      await deleteImport(ctx, id);

      assert.deepEqual([row!.email, row!.name, row!.tags], ["zoe@example.com", 'Zoë, "Z" Léger', ["vip"]]);
    });
  }
});

Deno.test("lines are numbered as an editor shows them", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const csv = 'sep=,\nEmail,City\n\n"a@example.com","two\nlines"\nnobody\n\nb@example.com,x\nc@,y\n';

  const { issues } = await getImport(ctx, await stage(ctx, csv));

  assert.deepEqual(issues.map(({ line, email }) => [line, email]), [[6, "nobody"], [9, "c@"]]);
  assert.match(englishOf(issues[1]!.problem!), /full email address/);
});

Deno.test("422 for a file without rows, with an open quote, or with more than 100,000 rows", async (t) => {
  await using world = await World.open();
  const { ctx } = await world.company("acme");
  const cases: [name: string, csv: string, problem: RegExp][] = [
    ["nothing", "", /no rows/],
    ["headings only", "Email,Name\n", /no rows/],
    ["an open quote", 'Email\na@example.com\n"b@example.com\nc@example.com\n', /never closed/],
    ["an open quote in a long file", `Email\n"b@example.com\n${"x".repeat(200_000)}`, /never closed/],
    ["too many columns", `${Array(101).fill("a").join()}\n1\n`, /100 columns/],
    ["too many rows", `Email\n${"a@example.com\n".repeat(MAX_ROWS + 1)}`, /100,?000 rows/],
  ];

  for (const [name, csv, problem] of cases) {
    await t.step(name, async () => {
      const refused = await stage(ctx, csv).then(() => null, (error) => error);

      assert.ok(refused instanceof DomainError, String(refused));
      assert.match(englishOf(refused.fields.file!), problem);
    });
  }
  const [[left]] = await ctx.read((
    tx,
  ) => [tx.execute("select count(*)::int as rows from contact_import_rows")]);
  assert.deepEqual(left, { rows: 0 });
});

Deno.test("the last of several rows wins, empty cells keep what is there, and tags add up", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await add(company, { email: "known@example.com", name: "Known", fields: { city: "Rome" }, tags: ["old"] });
  await add(company, { email: "same@example.com", name: "Same", tags: ["a"] });
  const csv = `Email,Name,Tags,City,Plan
new@example.com,First,a,Paris,
known@example.com,,b;c,,pro
NEW@example.com,,b,,free
same@example.com,Same,a,,
new@example.com,Last,,Lyon,
`;

  const id = await stage(company.ctx, csv);
  const { found: checked } = await getImport(company.ctx, id);
  await run(world, company, id);
  const { found: done } = await getImport(company.ctx, id);
  const all = await contactsOf(company);

  const counts = { new: 1, updated: 1, unchanged: 1, merged: 2, refused: 0, kept: 0 };
  assert.deepEqual([checked.counts, done.counts, done.status], [counts, counts, "done"]);
  assert.deepEqual(all["new@example.com"], ["Last", ["a", "b"], { city: "Lyon", plan: "free" }, "none"]);
  assert.deepEqual(all["known@example.com"], [
    "Known",
    ["b", "c", "old"],
    { city: "Rome", plan: "pro" },
    "none",
  ]);
});

Deno.test("who unsubscribed, is suppressed, or was erased stays so whatever a file says", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { ctx } = company;
  const left = await add(company, { email: "left@example.com", consent: true });
  await updateContact(ctx, left.id, { consent: false });
  const gone = await add(company, { email: "gone@example.com", consent: true });
  await updateContact(ctx, gone.id, { consent: false });
  await deleteContact(ctx, gone.id);
  const both = await add(company, { email: "both@example.com", consent: true });
  await updateContact(ctx, both.id, { consent: false });
  await deleteContact(ctx, both.id);
  for (const address of ["bounced@example.com", "both@example.com"]) {
    await suppress(world.system, { address, reason: "bounce", detail: "" });
  }
  const csv =
    "Email\nleft@example.com\ngone@example.com\nbounced@example.com\nfine@example.com\nboth@example.com\n";

  const id = await stage(ctx, csv);
  await planImport(ctx, id, plan({ columns: ["email"], consent: "given", consentGiven: AGREED }));
  const { found, issues } = await getImport(ctx, id);
  await run(world, company, id);
  const all = await contactsOf(company);
  const [records] = await ctx.read((tx) => [
    tx.execute("select kind, source, detail from consent_records where source = 'import'"),
  ]);

  assert.equal(found.counts.kept, 4);
  assert.deepEqual(issues.map(({ line }) => line), [2, 3, 4, 6]);
  assert.deepEqual(Object.entries(all).map(([email, [, , , consent]]) => `${email} ${consent}`).sort(), [
    "both@example.com withdrawn",
    "bounced@example.com none",
    "fine@example.com given",
    "gone@example.com withdrawn",
    "left@example.com withdrawn",
  ]);
  assert.deepEqual([...records], [{ kind: "given", source: "import", detail: `${AGREED} (people.csv)` }]);
});

Deno.test("columns can be given another meaning, and the rows are checked again", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const id = await stage(company.ctx, "Contact,Work\nx,a@example.com\ny,b@example.com\n");
  const { found } = await getImport(company.ctx, id);

  await planImport(company.ctx, id, plan({ columns: ["field:nickname", "email"], tags: ["fair"] }));
  await run(world, company, id);

  assert.deepEqual(found.columns, ["field:contact", "email"]);
  assert.deepEqual((await contactsOf(company))["a@example.com"], ["", ["fair"], { nickname: "x" }, "none"]);
});

Deno.test("rows that are read again with other columns can't be imported before all of them are", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const { ctx } = company;
  const rows = Array.from(
    { length: 1_001 },
    (_, index) => `Name ${index},p${index}@example.com,q${index}@example.com`,
  );
  const id = await stage(ctx, `Name,Email,Other\n${rows.join("\n")}`);
  const other = plan({ columns: ["name", "ignore", "email"] });
  const refusalOf = (work: Promise<unknown>) => work.then(() => null, ({ kind }) => kind);
  let whileReading: unknown[] = [];
  const dying = { ...ctx, tx: failing(ctx.tx, 4) };

  const message = await planImport(dying, id, other).then(() => null, ({ message }) => message);
  const left = (await getImport(ctx, id)).found;
  const started = await refusalOf(startImport(ctx, id));
  const slow = {
    ...ctx,
    tx: pausing(ctx.tx, async () => {
      whileReading = [await refusalOf(startImport(ctx, id)), await refusalOf(planImport(ctx, id, plan({})))];
    }),
  };
  await planImport(slow, id, other);
  const read = (await getImport(ctx, id)).found;
  await run(world, company, id);
  const addresses = Object.keys(await contactsOf(company));

  assert.equal(message, "the process died");
  assert.deepEqual([left.columns, started], [[], "invalid"]);
  assert.deepEqual(whileReading, ["conflict", "conflict"]);
  assert.deepEqual([read.status, read.columns], ["ready", other.columns]);
  assert.equal(addresses.length, 1_001);
  assert.ok(addresses.every((address) => address.startsWith("q")));
});

Deno.test("a workspace can have five files that aren't imported, and files are deleted after a week", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.push(await stage(company.ctx, "Email\na@example.com\nb@\n"));

  const refused = await stage(company.ctx, "Email\nc@example.com\n").then(() => null, (error) => error);
  await run(world, company, ids[0]!);
  const sixth = await stage(company.ctx, "Email\nc@example.com\n");
  world.clock.advance(6 * DAY);
  await cleanUp(world);
  const kept = await leftoversOf(company);
  world.clock.advance(2 * DAY);
  await cleanUp(world);
  const left = await leftoversOf(company);

  assert.match(englishOf(refused.problem), /5 files that aren't imported/);
  assert.ok(sixth);
  assert.deepEqual([kept, left], [{ imports: 6, rows: 10 }, { imports: 1, rows: 0 }]);
});

Deno.test("an ID belongs to one contact", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  await add(company, { email: "known@example.com", externalId: "1" });
  const csv = "Email,ID\na@example.com,1\nb@example.com,2\nc@example.com,2\nknown@example.com,3\n";

  const id = await stage(company.ctx, csv);
  const { found, issues } = await getImport(company.ctx, id);

  assert.deepEqual([found.counts.new, found.counts.updated], [1, 1]);
  assert.deepEqual(issues.map(({ line, problem }) => [line, englishOf(problem!)]), [
    [2, "Another contact has this ID."],
    [4, "An earlier row has this ID with another address."],
  ]);
});

Deno.test("an import that the plan has no room for doesn't start", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", undefined, "team");
  await company.ctx.tx((tx) => tx.execute("insert into limit_counters values ('contacts', 9999)"));

  const id = await stage(company.ctx, "Email\na@example.com\nb@example.com\n");
  const refused = await startImport(company.ctx, id).then(() => null, (error) => error);

  assert.match(englishOf(refused.fields.file), /adds 2 contacts, and your plan has room for 1/);
});

Deno.test("an import stops where the limit is reached, and goes on where it stopped", async () => {
  await using world = await World.open();
  const company = await world.company("acme", "Acme", undefined, "team");
  const { ctx } = company;
  const rows = Array.from({ length: 2_500 }, (_, index) => `p${index}@example.com`);
  const id = await stage(ctx, `Email\n${rows.join("\n")}`);
  await startImport(ctx, id);
  await ctx.tx((tx) => tx.execute("insert into limit_counters values ('contacts', 8500)"));

  await runJobs(world);
  const stopped = (await getImport(ctx, id)).found;
  await ctx.tx((tx) => tx.execute("update limit_counters set used = 1000"));
  await run(world, company, id);
  const done = (await getImport(ctx, id)).found;

  assert.deepEqual([stopped.status, stopped.position, stopped.counts.new], ["stopped", 1_000, 1_000]);
  assert.deepEqual([done.status, done.position, done.counts.new], ["done", 2_500, 2_500]);
  assert.equal(Object.keys(await contactsOf(company)).length, 2_500);
});

function stage(ctx: Company["ctx"], csv: string): Promise<string> {
  return stageImport(ctx, { fileName: "people.csv", bytes: bytesOf(csv) });
}

async function run(world: World, { ctx }: Company, id: string): Promise<void> {
  await startImport(ctx, id);
  await runJobs(world);
}

function plan(changes: Partial<ReturnType<typeof importPlan.parse>>) {
  return {
    columns: ["email"],
    tags: [],
    listId: null,
    consent: "none" as const,
    consentGiven: "",
    ...changes,
  };
}

/** `tx` whose call with this number fails. */
function failing(tx: Company["ctx"]["tx"], failed: number): Company["ctx"]["tx"] {
  let calls = 0;
  return (work, limits) =>
    ++calls === failed ? Promise.reject(new Error("the process died")) : tx(work, limits);
}

/** `tx` that does something else once, after its second call. */
function pausing(tx: Company["ctx"]["tx"], meanwhile: () => Promise<void>): Company["ctx"]["tx"] {
  let calls = 0;
  return async (work, limits) => {
    const result = await tx(work, limits);
    if (++calls === 2) await meanwhile();
    return result;
  };
}

async function cleanUp(world: World): Promise<void> {
  await world.system.tx((tx) => enqueue(world.system, tx, DELETE_EXPIRED, {}));
  await runJobs(world);
}

async function leftoversOf({ ctx }: Company) {
  return await ctx.tx(async (tx) => ({
    imports: await tx.$count(contactImports),
    rows: await tx.$count(contactImportRows),
  }));
}

function add({ ctx }: Company, input: Partial<ReturnType<typeof newContact.parse>>) {
  return createContact(ctx, newContact.parse({ consent: false, ...input }));
}

async function contactsOf({ ctx }: Company) {
  const [rows] = await ctx.read((tx) => [tx.select().from(contacts)]);
  return Object.fromEntries(rows.map((row) => [row.email, [row.name, row.tags, row.fields, row.consent]]));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
