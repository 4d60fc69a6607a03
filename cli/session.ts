import { controlStatus } from "../db/migration/migrate.ts";
import type { Database } from "../db/connection/connect.ts";
import { type Config, loadConfig } from "../src/config.ts";
import { type SystemContext, systemContext } from "../src/context.ts";
import { conflict } from "../src/errors.ts";
import { systemClock } from "../src/platform/clock.ts";
import { newId } from "../src/platform/ids.ts";
import { openDatabase } from "../src/operations/database.ts";
import { lateModules } from "./late_modules.ts";
import { systemActor } from "../src/access/actor.ts";

/** Opens the database for the time of `work`: the server's, or beside a running server the one it serves. */
export async function withDatabase<T>(work: (db: Database, config: Config) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const { db, close } = await openDatabase(config, { alone: false });
  try {
    return await work(db, config);
  } finally {
    await close();
  }
}

/** Like `withDatabase`, for commands that act as the product does. Throws when the schema isn't up to date. */
export async function withSystem<T>(work: (ctx: SystemContext) => Promise<T>): Promise<T> {
  return await withDatabase(async (db, config) => {
    await refuseOutdated(db);
    const { buildServices } = await lateModules.services();
    const services = await buildServices(config, systemClock, db, () => Promise.resolve());
    try {
      return await work(systemContext(services, systemActor("cli"), newId()));
    } finally {
      await services.close();
    }
  });
}

async function refuseOutdated(db: Database): Promise<void> {
  const control = await controlStatus(db);
  if (control.some(({ applied }) => !applied)) {
    throw conflict("The database is not up to date. Run: denizen db migrate");
  }
}
