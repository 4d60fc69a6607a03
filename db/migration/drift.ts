import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import { tenantSchemas } from "../control/schema/installation.ts";
import { compareStream } from "../stream/inspect.ts";
import { newSchemaName } from "../tenant/schema_name.ts";
import { readMigrations } from "./migrations.ts";
import { type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";
import { provisioningScript } from "./provision.ts";
import { rolesScript } from "./ready_roles.ts";

/** A schema that differs from the migrations: what it lacks, and what it has in addition. */
export type Drift = { schema: string; missing: string[]; unexpected: string[] };

const SCHEMAS_AT_ONCE = 200;

class RolledBack extends Error {}

/**
 * Compares all schemas at the newest version with a reference schema, which it creates from the migrations and rolls
 * back. Compares tables, columns, constraints, indexes, triggers, functions, owners, and privileges, and the isolation
 * of tenants in `stream`. Reads only the catalog.
 */
export async function findDrift(db: Database): Promise<Drift[]> {
  const migrations = await readMigrations("tenant");
  const { version } = migrations.at(-1)!;
  const expected = await describeExpected(db);
  const rows = await db.control.select({ name: tenantSchemas.name }).from(tenantSchemas)
    .where(sql`${tenantSchemas.version} = ${version}`).orderBy(tenantSchemas.name);
  const drifts: Drift[] = [];
  const stream = await withMigrator(db, compareStream);
  if (stream.missing.length + stream.unexpected.length > 0) drifts.push({ schema: "stream", ...stream });
  for (let start = 0; start < rows.length; start += SCHEMAS_AT_ONCE) {
    const names = rows.slice(start, start + SCHEMAS_AT_ONCE).map(({ name }) => name);
    const found = await withMigrator(db, (tx) => describeSchemas(tx, names));
    for (const name of names) {
      const drift = compare(name, expected, found.get(name));
      if (drift) drifts.push(drift);
    }
  }
  return drifts;
}

function compare(schema: string, expected: Set<string>, found: Set<string> | undefined): Drift | undefined {
  if (!found) return { schema, missing: ["the schema"], unexpected: [] };
  const missing = [...expected.difference(found)];
  const unexpected = [...found.difference(expected)];
  return missing.length + unexpected.length > 0 ? { schema, missing, unexpected } : undefined;
}

/** Describes a schema that the migrations would create now. Rolls the schema back. */
async function describeExpected(db: Database): Promise<Set<string>> {
  const schema = newSchemaName();
  const migrations = await readMigrations("tenant");
  let described = new Set<string>();
  await withMigrator(db, async (tx) => {
    const installation = await readInstallation(tx);
    const roles = rolesScript([schema], installation);
    await runScript(tx, roles + provisioningScript(schema, installation, migrations));
    described = (await describeSchemas(tx, [schema])).get(schema)!;
    throw new RolledBack();
  }).catch((error) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  return described;
}

/** Describes each object of each schema in a line. Replaces the names of the schema and the owner by placeholders. */
async function describeSchemas(tx: MigratorTx, schemas: string[]): Promise<Map<string, Set<string>>> {
  const { ownerRole } = await readInstallation(tx);
  const names = sql.join(schemas.map((schema) => sql`${schema}`), sql`, `);
  const rows = await tx.execute<{ schema: string; line: string }>(sql`
    with spaces as (select oid, nspname from pg_namespace where nspname in (${names})),
    relations as (select c.*, nspname from pg_class c join spaces on spaces.oid = relnamespace)
    select nspname as schema, 'schema with ' || coalesce(nspacl::text, 'no privileges') as line
      from spaces join pg_namespace using (oid, nspname)
    union all select nspname, 'table ' || relname || ' of ' || relowner::regrole || ' with ' || coalesce(relacl::text, 'no privileges')
      || case when relrowsecurity then ', row security' else '' end
      from relations where relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all select nspname, 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
      || case when attnotnull then ' not null' else '' end || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
      from relations r join pg_attribute on attrelid = r.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = attrelid and adnum = attnum where relkind in ('r', 'p')
    union all select nspname, 'constraint ' || relname || '.' || conname || ' ' || pg_get_constraintdef(k.oid)
      from relations r join pg_constraint k on conrelid = r.oid
    union all select nspname, 'index ' || relname || ' ' || pg_get_indexdef(r.oid) || case when indisvalid then '' else ', not valid' end
      from relations r join pg_index on indexrelid = r.oid where relkind = 'i'
    union all select nspname, 'trigger ' || relname || '.' || tgname || ' ' || pg_get_triggerdef(t.oid)
      from relations r join pg_trigger t on tgrelid = r.oid where not tgisinternal
    union all select nspname, 'function ' || proname || ' ' || md5(prosrc) from spaces join pg_proc on pronamespace = spaces.oid`);
  const described = new Map<string, Set<string>>();
  for (const { schema, line } of rows) {
    const lines = described.get(schema) ?? new Set();
    lines.add(line.replaceAll(schema, "(schema)").replaceAll(ownerRole, "(owner)"));
    described.set(schema, lines);
  }
  return described;
}
