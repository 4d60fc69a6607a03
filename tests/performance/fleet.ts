import { sql } from "drizzle-orm";
import { connect, type Database } from "../../db/connection/connect.ts";
import { pause } from "../../db/connection/retry.ts";
import { runScript } from "../../db/connection/transaction.ts";
import { tenantSchemas } from "../../db/control/schema/installation.ts";
import { subdomains, tenants } from "../../db/control/schema/tenants.ts";
import { type Migration, readMigrations } from "../../db/migration/migrations.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { provisioningScript } from "../../db/migration/provision.ts";
import { rolesScript } from "../../db/migration/ready_roles.ts";
import { newSchemaName, parseSchemaName, type SchemaName } from "../../db/tenant/schema_name.ts";
import { randomBase32 } from "../../src/platform/crypto.ts";
import { openTestDatabase } from "../support/database.ts";
import { adminUrlOf, BENCH_DATABASE, removeDatabase, withAdmin } from "./removal.ts";

/** Many tenants in a separate database on PostgreSQL. */
export type Fleet = {
  db: Database;
  /** The URLs of the application's login and of a superuser. */
  url: string;
  adminUrl: string;
  schemas: SchemaName[];
  close(): Promise<void>;
};

const MADE_AT_ONCE = 10;
const MAKERS = 3;
const RENAME_TRIES = 40;

/** Creates `size` tenants with the product's migrations or the given ones. 10,000 take two to three minutes. */
export async function openFleet(size: number, adminUrl: string, migrations?: Migration[]): Promise<Fleet> {
  const { name, url } = await makeDatabase(adminUrl);
  const db = connect({ url });
  const close = async () => {
    await db.close();
    await removeDatabase(adminUrl, name);
  };
  try {
    await makeSchemas(db, size, migrations ?? await readMigrations("tenant"));
    await makeTenants(db);
    return { db, url, adminUrl: adminUrlOf(adminUrl, name), schemas: await readSchemas(db), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All schemas in the ledger. */
export async function readSchemas(db: Database): Promise<SchemaName[]> {
  const rows = await db.control.select({ name: tenantSchemas.name }).from(tenantSchemas)
    .orderBy(tenantSchemas.name);
  return rows.map(({ name }) => parseSchemaName(name));
}

/** A copy of the migrated template. Its name lets the next run remove it if this one is killed. */
async function makeDatabase(adminUrl: string): Promise<{ name: string; url: string }> {
  const { variables } = await openTestDatabase();
  const url = new URL(variables.DATABASE_URL!);
  const name = `${BENCH_DATABASE}${randomBase32(12)}`;
  await withAdmin(adminUrl, async (admin) => {
    for (let round = 1;; round++) {
      try {
        return await admin.unsafe(`alter database "${url.pathname.slice(1)}" rename to "${name}"`);
      } catch (error) {
        if (round === RENAME_TRIES) throw error; // retry until the template's preparation has disconnected
        await pause(50);
      }
    }
  });
  url.pathname = `/${name}`;
  return { name, url: url.href };
}

async function makeSchemas(db: Database, size: number, migrations: Migration[]): Promise<void> {
  const installation = await withMigrator(db, readInstallation);
  const pool = db.openMigratorPool(MAKERS);
  let left = size;
  await Promise.all(Array.from({ length: MAKERS }, async () => {
    while (left > 0) {
      const names = Array.from({ length: Math.min(MADE_AT_ONCE, left) }, newSchemaName);
      left -= names.length;
      const scripts = names.map((name) => provisioningScript(name, installation, migrations));
      const script = [rolesScript(names, installation), ...scripts].join("\n");
      await withMigrator(db, (tx) => runScript(tx, script), { pool });
    }
  }));
  await pool.close();
}

async function makeTenants(db: Database): Promise<void> {
  const statements = [
    sql`insert into ${tenants} (id, name, subdomain, schema_name, plan, created_at, updated_at)
      select gen_random_uuid(), 'Company ' || n, 'company-' || n, name, 'starter', now(), now()
      from (select name, row_number() over (order by name) as n from ${tenantSchemas}) numbered`,
    sql`insert into ${subdomains} (name, tenant_id) select subdomain, id from ${tenants}`,
    sql`update ${tenantSchemas} set claimed_at = now()`,
    sql`analyze control.tenants, control.subdomains, control.tenant_schemas`,
  ];
  for (const statement of statements) await db.control.execute(statement);
}
