import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { connect } from "../../db/connection/connect.ts";
import { withTenant } from "../../db/connection/with_tenant.ts";
import { findOpenPrivileges } from "../../db/migration/inspect.ts";
import { migrate } from "../../db/migration/migrate.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { hardeningScript } from "../../db/migration/server_setup.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { serverUrl } from "../support/database.ts";
import { cli, ServerProcess } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";
import { readmeSql } from "../support/readme_sql.ts";
import { withConnection } from "../support/split_logins.ts";

/**
 * Protects: the README's SQL creates a database in which a tenant's SQL can't leave its schema. Production refuses to start on
 * any other database (S04, S54). All other tests on PostgreSQL use a database created with the same SQL.
 */

Deno.test("the README's SQL is the SQL that `db hardening` prints", async () => {
  const { inDatabase } = await readmeSql();
  const { code, stdout } = await cli({}, "db", "hardening");

  assert.equal(inDatabase, hardeningScript());
  assert.equal(stdout.trim(), hardeningScript());
  assert.equal(code, 0);
});

if (serverUrl) {
  Deno.test("S54 in a database created with the README's SQL, a tenant's SQL can't reach another tenant", async (t) => {
    const { onServer, inDatabase } = await readmeSql();
    const name = `denizen_readme_${randomBase32(8)}`;
    const adminUrl = new URL(`/${name}`, serverUrl).href;
    const loginUrl = Object.assign(new URL(adminUrl), { username: name, password: "secret" }).href;
    await withConnection(serverUrl!, async (admin) => {
      for (const statement of onServer.replaceAll("denizen", name).replace("…", "secret").split(";\n")) {
        await admin.unsafe(statement);
      }
    });
    const db = connect({ url: loginUrl }, { connections: 3 });
    const production = {
      ...PRODUCTION,
      DATABASE_URL: loginUrl,
      DATABASE_CONNECTIONS: "4",
      JOBS_ENGINE: "postgres",
      TENANT_POOL_SIZE: "0",
    };
    try {
      await migrate(db);
      const [acme, globex] = [await provisionSchema(db), await provisionSchema(db)];
      const attempt = (statement: string) => withTenant(db, acme, (tx) => tx.execute(sql.raw(statement)));
      const becomesGlobex = `set_config('role', '${globex}', true) = '${globex}'`;
      const readsNeighbor =
        `select query_to_xml('select * from ${globex}.projects', true, true, '') where ${becomesGlobex}`;

      await t.step("without the hardening, one SELECT becomes another tenant", async () => {
        await attempt(`select ${becomesGlobex}`);
        await attempt(readsNeighbor);
        assert.equal((await findOpenPrivileges(db)).map(({ name }) => name).includes("set_config"), true);
      });

      await t.step(
        "production refuses to start on it and says what is missing and where to read about it",
        async () => {
          await using server = await ServerProcess.start(production);
          const { code, stderr } = await server.outcome;
          const last = stderr.trim().split("\n").at(-1)!;
          assert.equal(code, 1);
          assert.match(last, /^denizen: The database is not hardened: set_config, pg_settings/);
          assert.match(last, /db hardening.*docs\/admin\/database\.md.*ALLOW_UNHARDENED_DATABASE=1/);
        },
      );

      await t.step("config check fails on it", async () => {
        const { code, stdout } = await cli(production, "config", "check", "--json");
        const finding = JSON.parse(stdout).find(({ check }: { check: string }) =>
          check === "database: set_config"
        );
        assert.equal(code, 1);
        assert.equal(finding.status, "fail");
        assert.match(finding.detail, /REVOKE EXECUTE ON FUNCTION pg_catalog\.set_config/);
      });

      await t.step("with ALLOW_UNHARDENED_DATABASE=1, production starts and the log warns", async () => {
        await using server = await ServerProcess.start({ ...production, ALLOW_UNHARDENED_DATABASE: "1" });
        await server.ready();
        const { code, stderr } = await server.stop();
        assert.equal(code, 0);
        assert.match(stderr, /"level":"WARN[^\n]*the database is not hardened/);
      });

      await withConnection(adminUrl, (admin) => admin.unsafe(inDatabase));

      for (
        const statement of [
          `select ${becomesGlobex}`,
          readsNeighbor,
          `update pg_settings set setting = '${globex}' where name = 'role'`,
          "select * into temporary mine from projects",
          "select * into public.mine from projects",
          `select * from ${globex}.projects`,
        ]
      ) {
        await t.step(`with the hardening, a tenant's role can't run: ${statement.slice(0, 60)}`, async () => {
          await assert.rejects(attempt(statement), (error: Error & { cause?: { code?: string } }) => {
            assert.equal(error.cause?.code, "42501", error.message);
            return true;
          });
        });
      }

      await t.step("with the hardening, production starts and config check finds no problems", async () => {
        assert.deepEqual(await findOpenPrivileges(db), []);
        await using server = await ServerProcess.start(production);
        await server.ready();
        assert.equal((await server.stop()).code, 0);
        assert.equal((await cli(production, "config", "check")).code, 0);
      });
    } finally {
      await db.close();
      await dropInstallation(adminUrl, name);
    }
  });
}

async function dropInstallation(adminUrl: string, name: string): Promise<void> {
  const roles = await withConnection(adminUrl, async (own) => [
    ...await own`select nspname as name from pg_namespace where nspname like 'tenant\\_%'`,
    ...await own`select owner_role as name from control.installation`,
  ]);
  await withConnection(serverUrl!, async (admin) => {
    await admin.unsafe(`drop database ${name} with (force)`);
    for (const role of roles) await admin.unsafe(`drop role ${role.name}`);
    await admin.unsafe(`drop role ${name}`);
  });
}
