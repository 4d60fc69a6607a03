import { runScript } from "../../db/connection/transaction.ts";
import { readTenant } from "../../db/connection/with_tenant.ts";
import { readMigrations } from "../../db/migration/migrations.ts";
import { readInstallation, withMigrator } from "../../db/migration/migrator.ts";
import { provisioningScript, provisionSchema } from "../../db/migration/provision.ts";
import { rolesScript } from "../../db/migration/ready_roles.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { newSchemaName } from "../../db/tenant/schema_name.ts";
import type { SystemContext } from "../../src/context.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { alternate, type Figure, median, timed, under, within } from "./measure.ts";
import { timeBatches } from "./psql.ts";
import { openSystem, signUp } from "./services.ts";

const SIGN_UPS = 100;
const BATCH = 10;
const FEW = 10;

/** The cost of a new tenant when there are many. */
export async function benchSignUp(fleet: Fleet, adminUrl: string): Promise<Figure[]> {
  const { direct, batches, after, before } = await raceWithPsql(fleet);
  const few = await openFleet(FEW, adminUrl);
  try {
    for (let number = 0; number < SIGN_UPS; number++) await provisionSchema(few.db);
    const amongFew = await openSystem(few.db);
    const amongMany = await openSystem(fleet.db);
    const times = await alternate(SIGN_UPS, {
      few: () => timed(() => signUpAndRead(amongFew)),
      many: () => timed(() => signUpAndRead(amongMany)),
    });
    await amongFew.services.close();
    await amongMany.services.close();
    const among = fleet.schemas.length.toLocaleString("en");
    return [
      within(`sign-up to first read, among ${among} tenants; among ${FEW}`, "ms", times.many, times.few, {
        below: 15,
      }),
      under(`making a schema, among ${among}; its DDL by psql`, "ms", median(direct), median(batches), 1.3),
      under("another tenant's read right after; before", "ms", median(after), median(before), 3),
    ];
  } finally {
    await few.close();
  }
}

async function signUpAndRead(ctx: SystemContext): Promise<void> {
  const { schemaName } = await signUp(ctx);
  await readTenant(ctx.services.db, schemaName, (tx) => [tx.select().from(projects).limit(1)]);
}

/**
 * Creates schemas with the product and with psql in turn, while another tenant reads. They become the warm pool of the
 * sign-ups that follow.
 */
async function raceWithPsql({ db, adminUrl, schemas }: Fleet): Promise<Record<RaceTimes, number[]>> {
  const times: Record<RaceTimes, number[]> = { direct: [], batches: [], after: [], before: [] };
  const migrations = await readMigrations("tenant");
  const installation = await withMigrator(db, readInstallation);
  const read = () => readTenant(db, schemas[0]!, (tx) => [tx.select().from(projects).limit(1)]);
  for (let number = 0; number < SIGN_UPS; number += BATCH) {
    for (let more = 0; more < BATCH; more++) {
      await read();
      times.before.push(await timed(read));
      times.direct.push(await timed(() => provisionSchema(db)));
      times.after.push(await timed(read));
    }
    const names = Array.from({ length: BATCH }, newSchemaName);
    await withMigrator(db, (tx) => runScript(tx, rolesScript(names, installation)));
    const scripts = names.map((name) => {
      const ddl = provisioningScript(name, installation, migrations);
      return `set session authorization ${installation.login}; begin; ${ddl} commit`;
    });
    times.batches.push(...await timeBatches(adminUrl, scripts));
  }
  return times;
}

/** Creates a schema with the product and with psql, and reads before and after the former. */
type RaceTimes = "direct" | "batches" | "after" | "before";
