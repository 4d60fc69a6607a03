/** Removes everything that benchmarks created on the server, including leftovers of killed runs. */
import { join } from "node:path";
import postgres from "postgres";

/** The prefix of the benchmarks' databases. */
export const BENCH_DATABASE = "denizen_bench_";

/** A dropped database no longer lists its roles, so a file lists them until they are dropped. */
const FOLDER = new URL("../../.data/bench/", import.meta.url).pathname;
const ROLES_AT_ONCE = 250;

export async function withAdmin<T>(url: string, work: (admin: postgres.Sql) => Promise<T>): Promise<T> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** `adminUrl` with another database. */
export function adminUrlOf(adminUrl: string, database: string): string {
  return new URL(`/${database}`, adminUrl).href;
}

/** Drops a database with its tenants' roles and their tables' owner: 10,000 of them in seconds. */
export async function removeDatabase(adminUrl: string, name: string): Promise<void> {
  const roles = await withAdmin(adminUrlOf(adminUrl, name), async (own) => [
    ...await own`select nspname as name from pg_namespace where nspname like 'tenant\\_%'`,
    ...await own`select owner_role as name from control.installation union all select name from control.ready_roles`,
  ]);
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(join(FOLDER, name), JSON.stringify(roles.map((role) => role.name)));
  await withAdmin(adminUrl, (admin) => admin.unsafe(`drop database "${name}" with (force)`));
  await dropRoles(adminUrl, name);
}

/** Removes the databases and roles of earlier runs. A database in use belongs to another run. */
export async function removeLeftovers(adminUrl: string): Promise<void> {
  const databases = await withAdmin(
    adminUrl,
    (admin) =>
      admin<{ name: string }[]>`select datname as name from pg_database
      where starts_with(datname, ${BENCH_DATABASE})
        and not exists (select from pg_stat_activity active where active.datname = pg_database.datname)`,
  );
  for (const { name } of databases) await removeDatabase(adminUrl, name);
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const { name } of Deno.readDir(FOLDER)) await dropRoles(adminUrl, name);
}

/**
 * If the database still exists, its roles are in use, and another run drops both. An owner that the database had in common with
 * the template of tests stays.
 */
async function dropRoles(adminUrl: string, database: string): Promise<void> {
  const file = join(FOLDER, database);
  const roles: string[] = JSON.parse(await Deno.readTextFile(file));
  await withAdmin(adminUrl, async (admin) => {
    if ((await admin`select from pg_database where datname = ${database}`).length > 0) return;
    for (let start = 0; start < roles.length; start += ROLES_AT_ONCE) {
      const some = roles.slice(start, start + ROLES_AT_ONCE);
      const left = await admin<{ name: string }[]>`
        select rolname as name from pg_roles where rolname in ${admin(some)}
          and not exists (select from pg_shdepend where refobjid = pg_roles.oid and deptype = 'o')`;
      if (left.length > 0) await admin.unsafe(`drop role ${left.map(({ name }) => `"${name}"`).join(", ")}`);
    }
    await Deno.remove(file);
  });
}
