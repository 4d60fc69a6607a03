import { sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { serverUrl } from "../support/database.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { withConnection } from "../support/split_logins.ts";
import { World } from "../support/world.ts";

/** Protects: PostgreSQL takes the SQL in the guides. Other tests run that of README.md and docs/admin/backup.md. */

const ignore = !serverUrl;

Deno.test({ name: "the SQL about logins and databases runs as a superuser", ignore }, async (t) => {
  const name = `denizen_docs_${randomBase32(8)}`;
  const migrator = `${name}_migrator`;
  const own = (sql: string) =>
    sql.replaceAll("denizen_migrator", migrator).replaceAll(/\bdenizen\b/g, name).replaceAll("…", "secret");
  const [login, logins, , icu] = await blocksOf("docs/admin/database.md", "sql");
  const [grants] = await blocksOf("docs/admin/jobs.md", "sql");
  const [branches] = await blocksOf("docs/admin/deno-deploy.md", "sql");
  const asSuperuser = (database: string, block: string) =>
    withConnection(new URL(database, serverUrl).href, async (admin) => {
      for (const statement of statementsIn(own(block))) await admin.unsafe(statement);
    });
  const clear = () =>
    withConnection(serverUrl!, async (admin) => {
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.unsafe(`drop role if exists ${name}, ${migrator}`);
    });
  try {
    await t.step("one login, its grants, and its sort order", async () => {
      await asSuperuser("", login!);
      await asSuperuser("", grants!);
      await asSuperuser(name, icu!);
    });

    await t.step("two logins", async () => {
      await clear();
      await asSuperuser("", logins!);
    });

    await t.step("a login of Deno Deploy", async () => {
      await clear();
      await asSuperuser("", branches!);
    });
  } finally {
    await clear();
  }
});

Deno.test({ name: "the SQL that looks into an installation runs in one", ignore }, async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  const [database] = await world.system.control.execute<{ name: string }>(
    sql`select current_database() as name`,
  );
  const [, , look] = await blocksOf("docs/admin/database.md", "sql");
  const [customer] = await blocksOf("docs/admin/stripe.md", "sql");

  await withConnection(new URL(database!.name, serverUrl).href, async (admin) => {
    for (const statement of statementsIn(look!.replaceAll("tenant_…", tenant.schemaName))) {
      await admin.unsafe(statement);
    }
    const [session] = await admin<{ same: boolean }[]>`select current_user = session_user as same`;
    await admin.unsafe(customer!);

    assert.equal(session!.same, true, "the role ends with its transaction");
  });
});

function statementsIn(sql: string): string[] {
  return sql.replaceAll(/--.*$/gm, "").split(";").map((statement) => statement.trim()).filter(Boolean);
}
