/** The application's login on the embedded database. On a server it is whoever DATABASE_URL names. */
export const LOGIN_ROLE = "denizen";

/** Runs one or more statements of constant SQL. */
export type Execute = (sql: string) => Promise<unknown>;

/**
 * What takes an administrator: the login role, and the privileges that a tenant's role must not have from PUBLIC.
 * Can be repeated. `set_config` and `pg_settings` could change the role from inside a query; a temporary table
 * would outlive the transaction on its connection.
 */
export async function prepareServer(execute: Execute): Promise<void> {
  await execute(`
    do $$ begin
      if not exists (select from pg_roles where rolname = '${LOGIN_ROLE}') then
        create role ${LOGIN_ROLE} login noinherit createrole;
      end if;
      execute format('grant create on database %I to ${LOGIN_ROLE}', current_database());
    end $$`);
  for (const statement of HARDENING) await execute(statement);
}

/** Large objects outlive a transaction and belong to no schema. Unlinking one's own stays open: deletion does it. */
const LARGE_OBJECT_FUNCTIONS = [
  ...["lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)", "lo_put(oid, bigint, bytea)"],
  ...["lo_open(oid, integer)", "lo_get(oid)", "lo_get(oid, bigint, integer)", "loread(integer, integer)"],
  ...["lowrite(integer, bytea)", "lo_truncate(integer, integer)", "lo_truncate64(integer, bigint)"],
].map((name) => `pg_catalog.${name}`);

/** Closes the ways by which SQL inside a tenant's transaction could leave it. Each needs the owner of what it changes. */
export const HARDENING = [
  "revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
  "revoke update on pg_catalog.pg_settings from public",
  `do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$`,
  "revoke create on schema public from public",
  `revoke execute on function ${advisoryLockFunctions()} from public`,
  `revoke execute on function ${LARGE_OBJECT_FUNCTIONS.join(", ")} from public`,
];

/** An advisory lock can outlive its transaction, and block whoever asks for the same number. The product takes none. */
function advisoryLockFunctions(): string {
  const names = [
    "pg_advisory_lock",
    "pg_try_advisory_lock",
    "pg_advisory_xact_lock",
    "pg_try_advisory_xact_lock",
  ];
  return names.flatMap((name) => [name, `${name}_shared`])
    .flatMap((name) => [`pg_catalog.${name}(bigint)`, `pg_catalog.${name}(integer, integer)`]).join(", ");
}
