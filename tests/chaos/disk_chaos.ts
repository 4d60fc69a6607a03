import { withAdmin } from "../performance/removal.ts";
import { Browser, type Page } from "../support/browser.ts";
import { openTestDatabase, serverUrl, type TestDatabase } from "../support/database.ts";
import { ServerProcess } from "../support/process.ts";
import { PASSWORD } from "../support/world.ts";
import { Report } from "./report.ts";

const DISK_MEGABYTES = 120;
const PROJECTS_BEFORE = 5;
const MOST_TRIES = 2_000;
const REFUSALS = 10;
const BLOCK_BYTES = 64 * 1024;

/** Fills the disk under each kind of database and frees it again. Needs root to mount a small file system. */
export async function fillDisks(): Promise<boolean> {
  const embedded = await onSmallDisk("full disk, embedded", undefined, async (disk, report) => {
    await fillAndEmpty(report, disk, { DATA_DIR: `${disk}/data` });
  });
  const owner = await serversUser();
  const server = await onSmallDisk("full disk, PostgreSQL", owner, async (disk, report) => {
    const database = await openTestDatabase();
    const folder = await Deno.makeTempDir({ prefix: "denizen-chaos-" });
    const leave = await moveTo(database, disk);
    try {
      await fillAndEmpty(report, disk, { ...database.variables, DATA_DIR: folder });
    } finally {
      await database.close();
      await leave();
      await Deno.remove(folder, { recursive: true });
    }
  });
  return embedded && server;
}

async function fillAndEmpty(report: Report, disk: string, variables: Record<string, string>): Promise<void> {
  await using server = await ServerProcess.start({ TENANT_POOL_SIZE: "0", LOG_LEVEL: "error", ...variables });
  await server.ready();
  const browser = new Browser(server.port);
  const { url } = await browser.post(`http://localhost:${server.port}/signup`, {
    name: "Ada",
    email: "ada@acme.example",
    password: PASSWORD,
    company_name: "Acme",
    subdomain: "acme",
  });
  let saved = 0;
  const create = async () => {
    const fields = { name: "Project", description: "x".repeat(1_900) };
    const { status } = await browser.post(new URL("/projects", url).href, fields);
    if (status === 200) saved++;
    return status;
  };
  for (let project = 0; project < PROJECTS_BEFORE; project++) await create();

  await fill(`${disk}/filler`);
  const statuses = new Map<number, number>();
  for (let tries = 0; tries < MOST_TRIES && (statuses.get(503) ?? 0) < REFUSALS; tries++) {
    const status = await create();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  const reading: Page = await browser.get(new URL("/projects", url).href);
  await Deno.remove(`${disk}/filler`);
  const after = await create();
  const { text } = await browser.get(new URL("/dashboard", url).href);

  const kinds = [...statuses.keys()];
  const refused = statuses.get(503) ?? 0;
  report.check(
    refused >= REFUSALS && kinds.every((status) => status === 200 || status === 503),
    `changes returned ${[...statuses].map(([status, times]) => `${status} ${times} times`).join(", ")}`,
  );
  report.check(reading.status === 200, `reading a page: ${reading.status}`);
  report.check(after === 200, `first change after the disk was freed: ${after}`);
  report.check(text.includes(`>${saved}<`), `${saved} changes were accepted, and all are saved`);
}

async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  const block = new Uint8Array(BLOCK_BYTES);
  try {
    for (;;) await file.write(block);
  } catch { /* full */ }
}

/** Moves a database's files to the small disk. Returns a function that drops the tablespace after the database is dropped. */
async function moveTo(database: TestDatabase, disk: string): Promise<() => Promise<void>> {
  const name = new URL(database.variables.DATABASE_URL!).pathname.slice(1);
  const space = `${name}_small`;
  await withAdmin(serverUrl!, async (admin) => {
    await admin.unsafe(`create tablespace ${space} location '${disk}'`);
    await admin.unsafe(`alter database ${name} set tablespace ${space}`);
  });
  return () => withAdmin(serverUrl!, (admin) => admin.unsafe(`drop tablespace ${space}`)).then(() => {});
}

/** The user that the database server runs as, who must own the folder of its files. */
async function serversUser(): Promise<number> {
  const [row] = await withAdmin(
    serverUrl!,
    (admin) =>
      admin`select substring(pg_read_file('/proc/self/status', 0, 2000) from 'Uid:\\s+(\\d+)') as uid`,
  );
  return Number(row!.uid);
}

async function onSmallDisk(
  subject: string,
  uid: number | undefined,
  work: (disk: string, report: Report) => Promise<void>,
): Promise<boolean> {
  const report = new Report(subject);
  const disk = await Deno.makeTempDir({ prefix: "denizen-disk-" });
  const options = `size=${DISK_MEGABYTES}m,mode=700${uid === undefined ? "" : `,uid=${uid}`}`;
  if (!await run("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk)) {
    report.note("skipped", "only root can mount a small file system");
    await Deno.remove(disk);
    return true;
  }
  try {
    await work(disk, report);
  } finally {
    await run("umount", disk);
    await Deno.remove(disk);
  }
  return report.passed;
}

async function run(command: "mount" | "umount", ...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(command, { args, stdout: "null", stderr: "null" }).output();
  return success;
}
