import assert from "node:assert/strict";
import { type DatabaseUrl, DatabaseUrlError, parseDatabaseUrl } from "../../db/connection/database_url.ts";
import { pgOptions, postgresOptions } from "../../db/connection/driver_options.ts";
import { ConfigError, parseConfig } from "../../src/config.ts";

/** Protects: database URLs from hosted services work with both drivers, or one line says what to change. */

const understood: [string, Partial<DatabaseUrl>][] = [
  ["postgres://app:pw@db.example.com/app", {
    host: "db.example.com",
    port: 5432,
    user: "app",
    password: "pw",
    database: "app",
    tls: "prefer",
  }],
  ["postgresql://app:pw@ep-x-pooler.neon.example/app?sslmode=require&channel_binding=require", {
    tls: "verify-full",
  }],
  ["postgres://a:b@h/d?sslmode=require", { tls: "require" }],
  ["postgres://a:b@h/d?sslmode=disable", { tls: "disable" }],
  ["postgres://a:b@h/d?sslmode=allow", { tls: "prefer" }],
  ["postgres://a:b@h/d?sslmode=no-verify", { tls: "require" }],
  ["postgres://a:b@h/d?ssl=true", { tls: "require" }],
  ["postgres://a:b@h/d?sslmode=verify-ca", { tls: "verify-full" }],
  ["postgres://a:b@h/d?sslmode=verify-ca&sslrootcert=ca.pem", {
    tls: "verify-ca",
    rootCertificate: "ca.pem",
  }],
  ["postgres://a:b@h/d?sslmode=require&sslrootcert=ca.pem", { tls: "verify-ca" }],
  ["postgres://a:b@h/d?sslmode=verify-full&sslrootcert=ca.pem", {
    tls: "verify-full",
    rootCertificate: "ca.pem",
  }],
  ["postgres://a:b@h/d?sslmode=require&sslrootcert=system", {
    tls: "verify-full",
    rootCertificate: undefined,
  }],
  ["postgres://a:b@h/d?sslnegotiation=direct&sslmode=require", { tls: "require", isTlsDirect: true }],
  ["postgres://a:b@127.0.0.1/d", { tls: "disable" }],
  ["postgres://a:b@[::1]:5433/d", { host: "::1", port: 5433, tls: "disable" }],
  ["postgres://a:b@[2001:db8::1]/d", { host: "2001:db8::1", port: 5432, tls: "prefer" }],
  ["postgres:///d?host=/var/run/postgresql", { host: "/var/run/postgresql", database: "d", tls: "disable" }],
  ["postgresql://app@%2Fvar%2Frun%2Fpostgresql/d", { host: "/var/run/postgresql", user: "app" }],
  ["postgres://app@/d?host=/tmp&port=5433", { host: "/tmp", port: 5433, user: "app" }],
  ["postgres://a:50%off@h/d", { password: "50%off" }],
  ["postgres://a:p%40s%25s@h/d", { password: "p@s%s" }],
  ["postgres://a:p@s:s#1@h/d", { password: "p@s:s#1" }],
  ["postgres://postgres.ref:b@pooler.supabase.example:6543/postgres?pgbouncer=true&connection_limit=1", {
    user: "postgres.ref",
    port: 6543,
    isPooler: true,
  }],
  ["postgres://a:b@h/d?connect_timeout=15&application_name=api&options=endpoint%3Dep-1", {
    connectTimeoutSeconds: 15,
    applicationName: "api",
    options: "endpoint=ep-1",
  }],
  ["postgres://h?user=a&password=s%2Fs&dbname=d", { user: "a", password: "s/s", database: "d" }],
  ["postgres://a:b@h/d?target_session_attrs=read-write&keepalives=1&gssencmode=prefer&schema=public", {}],
];

for (const [address, expected] of understood) {
  Deno.test(`accepts ${address}`, () => {
    const parsed = parseDatabaseUrl(address);

    assert.deepEqual({ ...parsed, ...expected }, parsed);
  });
}

const refused: [string, RegExp][] = [
  ["mysql://a:hunter2@h/d", /postgres:\/\/ address/],
  ["postgres://a:hunter2/x@h/d", /%2F for \/ and %3F for \?/],
  ["postgres://a:hunter2?x@h/d", /%2F for \/ and %3F for \?/],
  ["postgres://a:hunter2@one:5432,two:5432/d", /one host/],
  ["postgres://a:hunter2@::1/d", /IPv6 address in brackets/],
  ["postgres://a:hunter2@h:0/d", /port from 1 to 65535/],
  ["postgres://a:hunter2@h:99999/d", /port from 1 to 65535/],
  ["postgres://a:hunter2@h/d?search_path=x", /unknown parameter "search_path".*options=-c%20name%3Dvalue/],
  ["postgres://a:hunter2@h/d?sslmode=on", /"sslmode".*verify-full/],
  ["postgres://a:hunter2@h/d?target_session_attrs=read-only", /"target_session_attrs"/],
  ["postgres://a:hunter2@h/d?sslmode=disable&channel_binding=require", /without TLS/],
  ["postgres://a:hunter2@h/d?service=x", /unknown parameter/],
];

for (const [address, expected] of refused) {
  Deno.test(`rejects ${address} with one line without secrets`, () => {
    assert.throws(() => parseDatabaseUrl(address), (error) => {
      assert.ok(error instanceof DatabaseUrlError);
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /hunter2|\n/);
      return true;
    });
  });
}

Deno.test("both drivers get the same options from a URL", async () => {
  const address =
    "postgres://a:50%off@[::1]:5433/d?sslmode=verify-full&connect_timeout=7&application_name=api&options=-c%20jit%3Doff";

  const { host, port, username, password, database, ssl, connection, connect_timeout } = postgresOptions(
    address,
    {
      connection: { application_name: "denizen", statement_timeout: 30_000 },
      connect_timeout: 5,
    },
  ) as Record<string, unknown>;
  const forPg = await pgOptions(address);

  const shared = { password: "50%off", database: "d" };
  const tls = { host: "::1", rejectUnauthorized: true };
  assert.deepEqual({ host, port, username, password, database, ssl, connection, connect_timeout }, {
    ...shared,
    host: ["::1"],
    port: [5433],
    username: "a",
    ssl: tls,
    connection: { application_name: "api", statement_timeout: 30_000, options: "-c jit=off" },
    connect_timeout: 7,
  });
  assert.deepEqual(forPg, {
    ...shared,
    host: "::1",
    port: 5433,
    user: "a",
    ssl: tls,
    options: "-c jit=off",
    connectionTimeoutMillis: 7_000,
  });
});

Deno.test("an unreadable certificate is reported, with where to put it", () => {
  assert.throws(
    () => postgresOptions("postgres://a:b@h/d?sslmode=verify-full&sslrootcert=none.pem", {}),
    /names the file "none.pem" as its sslrootcert.*DATA_DIR.*sslrootcert=system/,
  );
});

Deno.test("pgbouncer=true, as Prisma writes it, means a pooler in transaction mode", () => {
  const pooled = "postgres://a:b@h/d?pgbouncer=true";

  assert.equal(parseConfig({ DATABASE_URL: pooled }).databasePooler, "transaction");
  assert.equal(parseConfig({ DATABASE_URL: "postgres://a:b@h/d" }).databasePooler, "none");
  assert.match(
    linesOf({ DATABASE_URL: pooled, DATABASE_POOLER: "none" }),
    /^DATABASE_POOLER: must be transaction/,
  );
  assert.match(
    linesOf({ DATABASE_URL: pooled, MIGRATION_DATABASE_URL: pooled }),
    /^MIGRATION_DATABASE_URL: must be the database's own address/,
  );
  assert.match(
    linesOf({ DATABASE_URL: "postgres://a:hunter2@h/d?x=1" }),
    /^DATABASE_URL: has the unknown parameter "x"/,
  );
});

function linesOf(variables: Record<string, string>): string {
  try {
    parseConfig(variables);
    return "";
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.lines.join();
  }
}
