import { join } from "node:path";
import postgres from "postgres";
import { connect } from "../../db/connection/connect.ts";
import { migrate } from "../../db/migration/migrate.ts";
import { serverUrl } from "./database.ts";
import { freePort } from "./process.ts";
import { readmeSql } from "./readme_sql.ts";

const INSTALLATIONS = "/usr/lib/postgresql";
const LOGIN = { username: "denizen", password: "denizen" };

let runsAsRoot = false;

/** The folder of PostgreSQL's programs. Undefined without them, or if the tests run on the embedded database. */
export const programs = serverUrl ? findPrograms() : undefined;

/** A PostgreSQL server of its own with a migrated database, and a streaming replica of it. */
export class StreamingReplica implements AsyncDisposable {
  readonly primaryUrl: string;
  readonly replicaUrl: string;
  readonly #folder: string;
  readonly #servers: Record<"primary" | "replica", Server>;

  private constructor(folder: string, servers: { primary: Server; replica: Server }) {
    this.#folder = folder;
    this.#servers = servers;
    this.primaryUrl = urlOf(servers.primary);
    this.replicaUrl = urlOf(servers.replica);
  }

  static async start(): Promise<StreamingReplica> {
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    runsAsRoot = (await Deno.stat(folder)).uid === 0;
    await Deno.chmod(folder, 0o777); // PostgreSQL's user creates its folders in it
    const primary = new Server(join(folder, "primary"), await freePort());
    const replica = new Server(join(folder, "replica"), await freePort());
    await run(
      "initdb",
      "-D",
      primary.data,
      "--auth=trust",
      "--username=postgres",
      "--locale=C.UTF-8",
      "--no-sync",
    );
    await primary.start();
    await createDatabase(primary);
    await run(
      "pg_basebackup",
      "-D",
      replica.data,
      "-h",
      "127.0.0.1",
      "-p",
      String(primary.port),
      "-U",
      "postgres",
      "-R",
      "-c",
      "fast",
      "--no-sync",
    );
    await replica.start();
    return new StreamingReplica(folder, { primary, replica });
  }

  /** Runs SQL as a superuser. */
  async query(server: "primary" | "replica", sql: string): Promise<postgres.Row[]> {
    return await asAdmin(this.#servers[server], (admin) => admin.unsafe(sql), "denizen");
  }

  /** Waits until the replica has everything that is in the primary now. */
  async caughtUp(): Promise<void> {
    const [row] = await this.query("primary", "select pg_current_wal_lsn() as written");
    const isReplayed = `select pg_last_wal_replay_lsn() >= '${row!.written}'::pg_lsn as replayed`;
    while (!(await this.query("replica", isReplayed))[0]!.replayed) {
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  async stopReplica(): Promise<void> {
    await this.#servers.replica.stop();
  }

  async startReplica(): Promise<void> {
    await this.#servers.replica.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers.replica.stop();
    await this.#servers.primary.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

class Server {
  #process: Deno.ChildProcess | undefined;

  constructor(readonly data: string, readonly port: number) {}

  async start(): Promise<void> {
    const settings = {
      port: this.port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      fsync: "off",
      shared_buffers: "32MB",
      max_connections: 40,
      max_standby_streaming_delay: 0,
      wal_receiver_status_interval: "1s",
      wal_retrieve_retry_interval: "100ms",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    this.#process = command("postgres", ["-D", this.data, ...flags]).spawn();
    for (;;) {
      const isReady = await asAdmin(this, (admin) => admin`select 1`).then(() => true, () => false);
      if (isReady) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGINT");
    await this.#process?.status;
    this.#process = undefined;
  }
}

/** The login and the database as the README creates them. */
async function createDatabase(server: Server): Promise<void> {
  await asAdmin(server, async (admin) => {
    await admin.unsafe(
      `create role ${LOGIN.username} login noinherit createrole password '${LOGIN.password}'`,
    );
    await admin.unsafe(`create database denizen owner ${LOGIN.username}`);
  });
  const { inDatabase } = await readmeSql();
  await asAdmin(server, (admin) => admin.unsafe(inDatabase), "denizen");
  const db = connect({ url: urlOf(server) });
  await migrate(db);
  await db.close();
}

async function asAdmin<T>(
  { port }: Server,
  work: (admin: postgres.Sql) => Promise<T>,
  database = "postgres",
): Promise<T> {
  const url = `postgres://postgres@127.0.0.1:${port}/${database}`;
  const admin = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 2 });
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf({ port }: Server): string {
  return `postgres://${LOGIN.username}:${LOGIN.password}@127.0.0.1:${port}/denizen`;
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await command(program, args, "piped").output();
  if (code !== 0) throw new Error(`${program} failed:\n${new TextDecoder().decode(stderr)}`);
}

/** PostgreSQL refuses to run as root. */
function command(program: string, args: string[], output: "piped" | "null" = "null"): Deno.Command {
  const user = runsAsRoot ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
  return new Deno.Command("setpriv", {
    args: [...user, join(programs!, program), ...args],
    cwd: "/tmp",
    env: { LC_ALL: "C.UTF-8" },
    stdin: "null",
    stdout: output,
    stderr: output,
  });
}

/** The newest version's. */
function findPrograms(): string | undefined {
  try {
    const versions = [...Deno.readDirSync(INSTALLATIONS)].map(({ name }) => Number(name)).filter(Boolean);
    return versions.length > 0 ? join(INSTALLATIONS, String(Math.max(...versions)), "bin") : undefined;
  } catch {
    return undefined;
  }
}
