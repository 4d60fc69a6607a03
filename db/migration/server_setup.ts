/** The application's login on the embedded database. On a server, DATABASE_URL names the login. */
export const LOGIN_ROLE = "denizen";

/** Runs one or more statements of constant SQL. */
export type Execute = (sql: string) => Promise<unknown>;

/** A privilege that every role has by default, but a tenant's role must not have. */
export type Hardening = {
  name: string;
  /** What SQL inside a tenant's transaction could do with the privilege. */
  closes: string;
  /** Revokes the privilege from PUBLIC. Must be run by the owner of the object. Can be repeated. */
  statement: string;
  /** A boolean expression: whether PUBLIC has the privilege in this database. */
  isOpen: string;
};

/** Neither the product nor its jobs engine uses advisory locks. */
const ADVISORY_LOCKS = "^pg_(try_)?advisory_(xact_)?lock";

/** All functions except `lo_unlink`, which deleting a tenant needs. A role can unlink only its own objects. */
const LARGE_OBJECTS = "^lo(_(creat|create|from_bytea|put|open|get|truncate|truncate64)|read|write)$";

/** Prevents SQL inside a tenant's transaction from affecting anything outside it. Each statement applies to one database. */
export const HARDENING: Hardening[] = [
  closeFunctions("set_config", "change the role from inside a query", [
    "pg_catalog.set_config(text, text, boolean)",
  ]),
  {
    name: "pg_settings",
    closes: "change the role by an update",
    statement: "REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC",
    isOpen: "has_table_privilege('public', 'pg_catalog.pg_settings', 'update')",
  },
  {
    name: "temporary tables",
    closes: "leave a table to the next transaction on the connection",
    statement:
      "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$",
    isOpen: "has_database_privilege('public', current_database(), 'temporary')",
  },
  {
    name: "schema public",
    closes: "leave a table or a function to other roles",
    statement: "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    isOpen: "coalesce(has_schema_privilege('public', to_regnamespace('public')::oid, 'create'), false)",
  },
  closeMatching("advisory locks", "hold a lock after its transaction", ADVISORY_LOCKS),
  closeMatching("large objects", "leave data outside its schema", LARGE_OBJECTS),
];

/** Revokes functions, named with their argument types, from PUBLIC. */
function closeFunctions(name: string, closes: string, functions: string[]): Hardening {
  const names = functions.map((each) => `'${each}'`).join(", ");
  return {
    name,
    closes,
    statement: `REVOKE EXECUTE ON FUNCTION ${functions.join(", ")} FROM PUBLIC`,
    isOpen: `exists (select from unnest(array[${names}]) as name
      where has_function_privilege('public', to_regprocedure(name)::oid, 'execute'))`,
  };
}

/** Revokes all built-in functions whose name matches a pattern from PUBLIC. */
function closeMatching(name: string, closes: string, pattern: string): Hardening {
  const matching = `FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '${pattern}'`;
  return {
    name,
    closes,
    statement: `DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid ${matching}
  LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || f || ' FROM PUBLIC'; END LOOP; END $$`,
    isOpen: `exists (select ${matching} and has_function_privilege('public', oid, 'execute'))`,
  };
}

/** The setup that requires an administrator: creates the login role and applies HARDENING. Can be repeated. */
export async function prepareServer(execute: Execute): Promise<void> {
  await execute(`
    do $$ begin
      if not exists (select from pg_roles where rolname = '${LOGIN_ROLE}') then
        create role ${LOGIN_ROLE} login noinherit createrole;
      end if;
      if not has_database_privilege('${LOGIN_ROLE}', current_database(), 'create') then
        execute format('grant create on database %I to ${LOGIN_ROLE}', current_database());
      end if;
    end $$`);
  await execute(HARDENING.map(onlyIfOpen).join(";\n"));
}

/** Skips privileges that are already revoked, because revoking them again would rewrite the catalog at each start. */
function onlyIfOpen({ statement, isOpen }: Hardening): string {
  return `do $open$ begin if ${isOpen} then execute $statement$${statement}$statement$; end if; end $open$`;
}

/** The SQL that a superuser runs once in the application's database. */
export function hardeningScript(): string {
  return HARDENING.map(({ statement }) => `${statement};`).join("\n");
}
