/** Runs PostgreSQL's programs pg_dump and pg_restore, which must be installed beside Denizen. */
import { parseDatabaseUrl } from "../connection/database_url.ts";

export type Program = "pg_dump" | "pg_restore";

const VERSIONS_PER_MAJOR = 10_000;
/** Older versions can't use the system's certificate authorities. */
const FIRST_VERSION_WITH_SYSTEM_AUTHORITIES = 16;
const TABLE_LINE = /^pg_dump: dumping contents of table "?([^"\n]+)"?\n/gm;
const OUT_OF_LOCKS = /out of shared memory|max_locks_per_transaction/;

export function majorOf(serverVersion: number): number {
  return Math.floor(serverVersion / VERSIONS_PER_MAJOR);
}

/** The program's major version. Throws if it is missing, can't be run, or is older than `oldest`. */
export async function requireProgram(program: Program, oldest: number): Promise<number> {
  const { stdout } = await spawned(program, ["--version"], oldest, {});
  const version = Number(/\(PostgreSQL\) (\d+)/.exec(new TextDecoder().decode(stdout))?.[1]);
  if (version >= oldest) return version;
  throw new Error(
    `${program} ${
      version || "of an unknown version"
    } is older than PostgreSQL ${oldest}. Install PostgreSQL's client programs of version ${oldest} or later.`,
  );
}

/** Runs pg_dump, and sends its archive in chunks. `onTable` gets the name of each table before its rows, with its schema. */
export async function dump(
  { url, snapshot, version, send, onTable }: {
    url: string;
    snapshot: string;
    version: number;
    send: (chunk: Uint8Array) => Promise<void>;
    onTable?: (name: string) => void;
  },
): Promise<void> {
  const process = new Deno.Command("pg_dump", {
    args: [
      "--format=custom",
      "--no-password",
      `--snapshot=${snapshot}`,
      ...onTable ? ["--verbose"] : [],
    ],
    env: variables(url, version),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = readErrors(process.stderr, onTable);
  for await (const chunk of process.stdout) await send(chunk);
  await requireSuccess("pg_dump", process.status, errors);
}

/** What a program prints on stderr, without the lines that name a table. */
async function readErrors(
  stderr: ReadableStream<Uint8Array<ArrayBuffer>>,
  onTable?: (name: string) => void,
): Promise<string> {
  let text = "";
  for await (const part of stderr.pipeThrough(new TextDecoderStream())) {
    text = (text + part).replaceAll(TABLE_LINE, (_, name) => {
      onTable?.(name);
      return "";
    });
  }
  return text;
}

/** Runs pg_restore on an archive of pg_dump. */
export async function restore(
  { url, version, archive }: {
    url: string;
    version: number;
    archive: ReadableStream<Uint8Array<ArrayBuffer>>;
  },
): Promise<void> {
  const { database, user } = parseDatabaseUrl(url);
  const process = new Deno.Command("pg_restore", {
    args: ["--exit-on-error", "--no-password", `--dbname=${database ?? user ?? ""}`],
    env: variables(url, version),
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = new Response(process.stderr).text();
  // If pg_restore fails, it closes its input, and its own message says why.
  await archive.pipeTo(process.stdin).catch(() => {});
  await requireSuccess("pg_restore", process.status, errors);
}

async function requireSuccess(
  program: Program,
  status: Promise<Deno.CommandStatus>,
  errors: Promise<string>,
): Promise<void> {
  const [{ success }, text] = await Promise.all([status, errors]);
  if (success) return;
  if (OUT_OF_LOCKS.test(text)) {
    throw new Error(
      `${program} needs a lock for every table. Raise max_locks_per_transaction on the server, or use physical backups.`,
    );
  }
  const reason = text.split("\n").find((line) => line.includes("error:")) ?? text.split("\n")[0];
  throw new Error(`${program} failed: ${reason!.replace(/^\S+: (error: )?/, "")}`);
}

async function spawned(
  program: Program,
  args: string[],
  version: number,
  env: Record<string, string>,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(program, { args, env }).output();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new Error(
        `${program} is not installed. Install PostgreSQL's client programs, version ${version} or later.`,
      );
    }
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Error(
      `This process may not run ${program}. Run "deno task backup FILE" or "deno task restore FILE".`,
    );
  }
}

/** The address in the variables of libpq, so that the password isn't in the list of processes. */
function variables(url: string, version: number): Record<string, string> {
  const address = parseDatabaseUrl(url);
  const authorities = version >= FIRST_VERSION_WITH_SYSTEM_AUTHORITIES ? "system" : undefined;
  const named = {
    PGHOST: address.host,
    PGPORT: String(address.port),
    PGUSER: address.user,
    PGPASSWORD: address.password,
    PGDATABASE: address.database ?? address.user,
    PGSSLMODE: address.tls,
    PGSSLROOTCERT: address.rootCertificate ?? (address.tls === "verify-full" ? authorities : undefined),
    PGSSLCERT: address.clientCertificate,
    PGSSLKEY: address.clientKey,
    PGSSLNEGOTIATION: address.isTlsDirect ? "direct" : undefined,
    PGCONNECT_TIMEOUT: address.connectTimeoutSeconds?.toString(),
    PGOPTIONS: address.options,
  };
  return Object.fromEntries(
    Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
