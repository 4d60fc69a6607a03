import type { Database } from "../db/connection/connect.ts";
import { controlStatus } from "../db/migration/migrate.ts";
import { cliActor } from "../src/access/actor.ts";
import { type Config, loadConfig, readUserName } from "../src/config.ts";
import { type SystemContext, systemContext } from "../src/context.ts";
import { openDatabase } from "../src/operations/database.ts";
import { systemClock } from "../src/platform/clock.ts";
import { newId } from "../src/platform/ids.ts";
import { CommandFailure } from "./options.ts";

/** Opens the database for `work`. If a server has the embedded database open, connects through that server. */
export async function withDatabase<T>(work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const { db, close } = await openDatabase(config, { alone: false });
  try {
    return await work(db, config);
  } finally {
    await close();
  }
}

/** Like `withDatabase`, with the product's services. Throws if the control schema is behind. */
export async function withSystem<T>(work: (ctx: SystemContext) => Promise<T>): Promise<T> {
  return await withDatabase(async (db, config) => {
    await requireMigrated(db);
    const { buildServices } = await import("../src/services.ts");
    const services = await buildServices(config, systemClock, db, () => Promise.resolve());
    try {
      return await work(systemContext(services, cliActor(readUserName()), newId()));
    } finally {
      await services.close();
    }
  });
}

async function requireMigrated(db: Database): Promise<void> {
  const control = await controlStatus(db);
  if (control.some(({ applied }) => !applied)) {
    throw new CommandFailure("The database is not up to date. Run: denizen db migrate");
  }
}
