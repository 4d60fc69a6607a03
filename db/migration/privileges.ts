/** Compares the owners and privileges of the objects in a tenant's schema with those that the migrations create. */
import { sql } from "drizzle-orm";
import type { Database } from "../connection/connect.ts";
import { runScript } from "../connection/transaction.ts";
import { newSchemaName, type SchemaName } from "../tenant/schema_name.ts";
import { readMigrations } from "./migrations.ts";
import { type MigratorTx, readInstallation, withMigrator } from "./migrator.ts";
import { provisioningScript } from "./provision.ts";
import { rolesScript } from "./ready_roles.ts";

const PLACEHOLDER = "(schema)";

type Thing = { kind: string; identity: string; owner: string; public: boolean };
type Privilege = { kind: string; identity: string; privilege: string };

/** The objects and privileges of one schema. A placeholder replaces the schema's name, so that two schemas can be compared. */
export type Privileges = { things: Thing[]; privileges: Privilege[] };

class RolledBack extends Error {}

/** The privileges of a schema that is created after running `script`. Rolls both back. */
export async function expectedPrivileges(db: Database, script: string): Promise<Privileges> {
  const migrations = await readMigrations("tenant");
  const schema = newSchemaName();
  let expected: Privileges = { things: [], privileges: [] };
  await withMigrator(db, async (tx) => {
    const installation = await readInstallation(tx);
    await runScript(
      tx,
      `${script}; ${rolesScript([schema], installation)}; ${
        provisioningScript(schema, installation, migrations)
      }`,
    );
    expected = await readPrivileges(tx, schema);
    throw new RolledBack();
  }).catch((error) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  return expected;
}

export async function readPrivileges(tx: MigratorTx, schema: SchemaName): Promise<Privileges> {
  const rows = await tx.execute<Thing & { privilege: string | null; isInside: boolean }>(sql`
    with things as (
      select 'schema' as kind, quote_ident(nspname) as identity, nspowner as owner, nspacl as acl, nspname as space
        from pg_namespace
      union all select case relkind when 'S' then 'sequence' else 'table' end, format('%I.%I', nspname, relname), relowner, relacl, nspname
        from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p', 'v', 'm', 'f', 'S')
        and not exists (select from pg_depend where classid = 'pg_class'::regclass and objid = c.oid and relkind = 'S' and deptype in ('a', 'i'))
      union all select 'routine', format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)), proowner, proacl, nspname
        from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname not in ('pg_catalog', 'information_schema')
      union all select 'type', format('%I.%I', nspname, typname), typowner, null, nspname
        from pg_type t join pg_namespace n on n.oid = typnamespace where typtype in ('e', 'd')
      union all select 'default ' || defaclobjtype::text, quote_ident(nspname), defaclrole, defaclacl, nspname
        from pg_default_acl join pg_namespace n on n.oid = defaclnamespace)
    select kind, identity, pg_get_userbyid(owner) as owner, privilege_type as privilege, space = ${schema} as "isInside",
        acl is null or exists (select from aclexplode(acl) where grantee = 0) as public
      from things
      left join lateral (select privilege_type from aclexplode(acl) where grantee = to_regrole(${schema})::oid) own on true
      where space = ${schema} or privilege_type is not null
      order by kind, identity, privilege_type`);
  const generic = rows.map((row) => ({ ...row, identity: row.identity.replaceAll(schema, PLACEHOLDER) }));
  return {
    things: generic.filter(({ isInside, kind }) => isInside && !kind.startsWith("default ")),
    privileges: generic.flatMap(({ kind, identity, privilege }) =>
      privilege ? [{ kind, identity, privilege }] : []
    ),
  };
}

/**
 * The SQL that changes the owners and privileges of `schema` from `found` to `expected`. Leaves objects alone that
 * exist in only one of them.
 */
export function repairScript(
  schema: SchemaName,
  ownerRole: string,
  expected: Privileges,
  found: Privileges,
): string[] {
  const owned = unique(found.things).filter(({ owner }) => owner !== ownerRole);
  const inside = new Set(found.things.map(keyOf));
  const exists = (thing: { kind: string; identity: string }) =>
    inside.has(keyOf(thing)) || thing.kind.startsWith("default ") || !thing.identity.startsWith(PLACEHOLDER);
  const missing = difference(expected.privileges, found.privileges).filter(exists);
  const known = new Set(expected.things.map(keyOf));
  const surplus = difference(found.privileges, expected.privileges).filter((each) => known.has(keyOf(each)));
  const closed = new Set(expected.things.filter((thing) => !thing.public).map(keyOf));
  const open = unique(found.things).filter((thing) =>
    thing.kind === "routine" && thing.public && closed.has(keyOf(thing))
  );
  const changes = [
    ...open.map(({ kind, identity }) => `revoke all on ${kind} ${identity} from public`),
    ...missing.map((privilege) => grant(privilege, "grant", "to", ownerRole)),
    ...surplus.map((privilege) => grant(privilege, "revoke", "from", ownerRole)),
  ];
  return [
    ...owned.map(({ kind, identity }) => `alter ${kind} ${identity} owner to ${ownerRole}`),
    ...(changes.length > 0 ? [`set local role ${ownerRole}`, ...changes, "set local role none"] : []),
  ].map((statement) => statement.replaceAll(PLACEHOLDER, schema));
}

const DEFAULT_KINDS: Record<string, string> = {
  r: "tables",
  S: "sequences",
  f: "functions",
  T: "types",
};

function grant(
  { kind, identity, privilege }: Privilege,
  verb: "grant" | "revoke",
  direction: "to" | "from",
  ownerRole: string,
): string {
  if (!kind.startsWith("default ")) {
    return `${verb} ${privilege} on ${kind} ${identity} ${direction} ${PLACEHOLDER}`;
  }
  const things = DEFAULT_KINDS[kind.slice("default ".length)]!;
  return `alter default privileges for role ${ownerRole} in schema ${identity} ${verb} ${privilege} on ${things} ${direction} ${PLACEHOLDER}`;
}

function difference(these: Privilege[], others: Privilege[]): Privilege[] {
  const lines = new Set(others.map((each) => `${keyOf(each)} ${each.privilege}`));
  return these.filter((each) => !lines.has(`${keyOf(each)} ${each.privilege}`));
}

/** Removes duplicates, because a thing is listed once for each of its privileges. */
function unique(things: Thing[]): Thing[] {
  return [...new Map(things.map((thing) => [keyOf(thing), thing])).values()];
}

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind} ${identity}`;
}
