/**
 * A database for each test in a fraction of a second: the embedded one, restored from a snapshot of the migrated schema,
 * or with TEST_DATABASE_URL, a copy of a migrated template on that server. With TEST_POOLER_URL as well, the product
 * connects through that pooler (in transaction mode), and only the tests themselves connect directly.
 */
import { PGlite } from "@electric-sql/pglite";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { connect, type ConnectOptions, type DatabaseAddress } from "../../db/connection/connect.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { installation } from "../../db/control/schema/installation.ts";
import { loadSnapshot, serve } from "../../db/embedded/embedded.ts";
import { createAuditWriter } from "../../db/migration/audit_writer.ts";
import { migrate } from "../../db/migration/migrate.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { grantScript, readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { HARDENING, prepareServer } from "../../db/migration/server_setup.ts";
import { createStreamWriter } from "../../db/stream/writer.ts";
import { newOwnerRole } from "../../db/tenant/schema_name.ts";
import { randomBase32, sha256 } from "../../src/platform/crypto.ts";
import { readmeSql } from "./readme_sql.ts";
import { rememberState } from "./rewind.ts";
import { slimSnapshot, withEmptyLog, writeFolder } from "./snapshot.ts";

const FOLDER = new URL("../../.data/test/", import.meta.url).pathname;
/** The embedded database has schemas for a test's first companies, since creating one takes longer than most tests. */
const READY_SCHEMAS = 2;
const TEST_LOGIN = { username: "denizen_test", password: "denizen_test" };

export type TestDatabase = {
  address: DatabaseAddress;
  pooler: ConnectOptions["pooler"];
  /** The variables that point another process at the database. Empty for the embedded database. */
  variables: Record<string, string>;
  /** Breaks all connections to the database. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
};

export const serverUrl = Deno.env.get("TEST_DATABASE_URL") || undefined;
/** The same server for the product's login, without the pooler. */
export const loginUrl = serverUrl && urlOfLogin(serverUrl);
export const poolerUrl = Deno.env.get("TEST_POOLER_URL") || undefined;
/** Whether all connections share one backend, which a silenced or waiting connection keeps for itself. */
export const HAS_ONE_BACKEND = !serverUrl || poolerUrl !== undefined;

/** Creates the snapshot or template that tests copy. Run once before the tests. */
export async function prepareDatabases(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true, mode: 0o700 });
  if (serverUrl) await prepareTemplates(serverUrl);
  else await prepareSnapshot();
}

/** A migrated, empty database that is deleted after the test. With `ownRoles`, the test may drop all of its roles. */
export async function openTestDatabase({ ownRoles = false } = {}): Promise<TestDatabase> {
  return serverUrl ? await copyTemplate(serverUrl, ownRoles) : await restoreSnapshot();
}

/** The code that creates database functions after the migrations. */
const WRITERS = [
  "../../db/migration/audit_writer.ts",
  "../../db/stream/writer.ts",
  "../../db/stream/event_functions.ts",
  "../../db/stream/rollup_functions.ts",
];

async function schemaHash(): Promise<string> {
  const migrations = [...await readMigrations("control"), ...await readMigrations("tenant")];
  const writers = await Promise.all(WRITERS.map((path) => Deno.readTextFile(new URL(path, import.meta.url))));
  return sha256(JSON.stringify([migrations, writers, HARDENING, READY_SCHEMAS])).slice(0, 16);
}

async function snapshotPath(): Promise<string> {
  return join(FOLDER, `snapshot-${await schemaHash()}.tar`);
}

async function folderPath(): Promise<string> {
  return join(FOLDER, `folder-${await schemaHash()}`);
}

/** A new data folder. Its embedded database is migrated, which takes a process longer than most tests, unless there is a server. */
export async function newDataFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  if (!serverUrl) await cp(await folderPath(), folder, { recursive: true });
  return folder;
}

async function prepareSnapshot(): Promise<void> {
  const [path, folder] = [await snapshotPath(), await folderPath()];
  if (await exists(path) && await exists(folder)) return;
  const empty = await PGlite.create();
  await prepareServer((sql) => empty.exec(sql));
  const embedded = await serve(await loadSnapshot(await empty.dumpDataDir("none")), socketPath());
  await empty.close();
  const db = connect(embedded);
  await migrate(db);
  for (let number = 0; number < READY_SCHEMAS; number++) await provisionSchema(db);
  await db.close();
  const snapshot = await withEmptyLog(await embedded.dump());
  await embedded.close();
  await writeFolder(snapshot, folder);
  await Deno.writeFile(path, slimSnapshot(new Uint8Array(await snapshot.arrayBuffer())));
}

async function restoreSnapshot(): Promise<TestDatabase> {
  const rewindable = idle.pop() ?? await loadRewindable();
  const { pglite, rewind } = rewindable;
  const embedded = await serve(pglite, socketPath(), () => {
    rewind();
    idle.push(rewindable);
    return Promise.resolve();
  });
  return {
    address: embedded,
    pooler: "none",
    variables: {},
    cutConnections: embedded.cutConnections,
    close: embedded.close,
  };
}

/** Databases that a test has closed. Loading another one takes ten times as long as rewinding one of them. */
const idle: { pglite: PGlite; rewind: () => void }[] = [];

/** A library can't be rewound to before it was loaded. */
const LOAD_LIBRARIES = "do $$ begin end $$; select to_tsvector('english', '')";

async function loadRewindable() {
  const { snapshot, files } = await (snapshotFiles ??= readSnapshotFiles());
  const pglite = await loadSnapshot(snapshot, files);
  await pglite.exec(LOAD_LIBRARIES);
  return { pglite, rewind: rememberState(pglite) };
}

/** The files for every restore. Loaded once per process, because PGlite would compile Postgres for each database. */
let snapshotFiles: ReturnType<typeof readSnapshotFiles> | undefined;

async function readSnapshotFiles() {
  const pglite = new URL(".", import.meta.resolve("@electric-sql/pglite"));
  const [snapshot, postgres, shared] = await Promise.all(
    [await snapshotPath(), new URL("pglite.wasm", pglite), new URL("pglite.data", pglite)]
      .map((file) => Deno.readFile(file)),
  );
  return {
    snapshot: new BytesBlob(snapshot!),
    files: { pgliteWasmModule: await WebAssembly.compile(postgres!), fsBundle: new BytesBlob(shared!) },
  };
}

/** Bytes in the shape of a Blob. A real Blob copies them twice, which takes half a second for a snapshot. */
class BytesBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super();
    this.#bytes = bytes;
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return Promise.resolve(this.#bytes.buffer);
  }
}

function socketPath(): string {
  return join(FOLDER, `${randomBase32(10)}.sock`);
}

/** Roles belong to the server, so each template has a table owner of its own, and is used by one test at a time. */
const TEMPLATES = 6;

async function templateName(number: number): Promise<string> {
  return `denizen_template_${await schemaHash()}_${number}`;
}

async function prepareTemplates(url: string): Promise<void> {
  await withAdmin(url, async (admin) => {
    await admin.unsafe(`do $$ begin
      if not exists (select from pg_roles where rolname = '${TEST_LOGIN.username}') then
        create role ${TEST_LOGIN.username} login noinherit createrole password '${TEST_LOGIN.password}';
      end if; end $$`);
    // A test's data needn't survive a crash, and waiting for the disk takes a third of the time.
    await admin.unsafe(`alter role ${TEST_LOGIN.username} set synchronous_commit = off`);
    const [first, ...copies] = await Promise.all(
      Array.from({ length: TEMPLATES }, (_, number) => templateName(number)),
    );
    await prepareTemplate(admin, first!, "template1", (name) => migrateTemplate(databaseUrl(url, name)));
    for (const copy of copies) await prepareTemplate(admin, copy, first!, (name) => giveOwnOwner(url, name));
  });
}

/** Creates a template unless it exists. It has another name until it is ready. */
async function prepareTemplate(
  admin: postgres.Sql,
  name: string,
  from: string,
  prepare: (name: string) => Promise<void>,
): Promise<void> {
  if ((await admin`select from pg_database where datname = ${name}`).length > 0) return;
  await admin.unsafe(`create database ${name}_new template ${from} owner ${TEST_LOGIN.username}`);
  await prepare(`${name}_new`);
  await admin.unsafe(`alter database ${name}_new rename to ${name}`);
}

async function migrateTemplate(url: string): Promise<void> {
  await withAdmin(url, async (template) => {
    await template.unsafe((await readmeSql()).inDatabase);
  });
  const db = connect({ url: urlOfLogin(url) });
  await migrate(db);
  await db.close();
}

async function copyTemplate(url: string, ownRoles: boolean): Promise<TestDatabase> {
  const name = `denizen_test_${randomBase32(12)}`;
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  const free = ownRoles ? undefined : await lockTemplate(admin);
  const template = await templateName(free ?? 0);
  // Takes less time than the default, which writes each block to the log.
  await admin.unsafe(
    `create database ${name} template ${template} strategy file_copy owner ${TEST_LOGIN.username}`,
  );
  await admin.unsafe(`revoke temporary on database ${name} from public`);
  if (free === undefined) await giveOwnOwner(url, name);
  const address = urlOfLogin(databaseUrl(poolerUrl ?? url, name));
  const pooler = poolerUrl ? "transaction" as const : "none" as const;
  return {
    address: { url: address },
    pooler,
    variables: { DATABASE_URL: address, DATABASE_POOLER: pooler },
    cutConnections: async () => {
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
    },
    close: async () => {
      await dropDatabase(admin, url, name);
      await admin.end();
    },
  };
}

/** Takes a template that no other test uses, until the connection ends. Returns undefined if all are in use. */
async function lockTemplate(admin: postgres.Sql): Promise<number | undefined> {
  const [free] = await admin<{ number: number }[]>`
    select number from generate_series(0, ${TEMPLATES - 1}) number
    where pg_try_advisory_lock(hashtext('denizen_template'), number) limit 1`;
  return free?.number;
}

/** Gives a copy another table owner than its template. */
async function giveOwnOwner(url: string, name: string): Promise<void> {
  const db = connect({ url: urlOfLogin(databaseUrl(url, name)) }, { connections: 3 });
  await withMigrator(db, async (tx) => {
    const { ownerRole: templatesOwner, login, serverVersion } = await readInstallation(tx);
    const ownerRole = newOwnerRole();
    await runScript(
      tx,
      `create role ${ownerRole} nologin; ${grantScript([ownerRole], login, serverVersion)}
      revoke all on all tables in schema stream from ${templatesOwner}`,
    );
    await tx.update(installation).set({ ownerRole });
    await createAuditWriter(tx);
    await createStreamWriter(tx, login);
  });
  await db.close();
}

/** Drops the database with the roles of its tenants, and with its tables' owner unless that owns a template. */
async function dropDatabase(admin: postgres.Sql, url: string, name: string): Promise<void> {
  const roles = await withAdmin(databaseUrl(url, name), async (own) => [
    ...await own`select nspname as name from pg_namespace where nspname like 'tenant\\_%'`,
    ...await own`select owner_role as name from control.installation union all select name from control.ready_roles`,
  ]);
  await admin.unsafe(`drop database ${name} with (force)`);
  const left = await admin<{ name: string }[]>`
    select rolname as name from pg_roles where rolname in ${admin(roles.map(({ name }) => name))}
      and not exists (select from pg_shdepend where refobjid = pg_roles.oid and deptype = 'o')`;
  for (const role of left) await admin.unsafe(`drop role ${role.name}`);
}

async function withAdmin<T>(url: string, work: (admin: postgres.Sql) => Promise<T>): Promise<T> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function databaseUrl(url: string, name: string): string {
  return new URL(`/${name}`, url).href;
}

function urlOfLogin(url: string): string {
  return Object.assign(new URL(url), TEST_LOGIN).href;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

if (import.meta.main) await prepareDatabases();
