import { connect, type Database } from "../../db/connection/connect.ts";
import { isServed, socketPathOf } from "../../db/embedded/socket_path.ts";
import type { Config } from "../config.ts";

export type OpenDatabase = { db: Database; close(): Promise<void> };

/**
 * Opens the database that `config` selects. With `alone`, this process opens the embedded database itself. Otherwise it
 * connects to a server that is running on the data folder, if any; this is how the CLI works beside the server.
 */
export async function openDatabase(config: Config, options: { alone: boolean }): Promise<OpenDatabase> {
  if (config.databaseUrl) return connectTo({ url: config.databaseUrl }, config, () => Promise.resolve());
  if (!options.alone && await isServed(config.dataDir)) {
    return connectTo({ socketPath: socketPathOf(config.dataDir) }, config, () => Promise.resolve());
  }
  const { startEmbedded } = await import("../../db/embedded/embedded.ts"); // loads Postgres, which a server brings itself
  const embedded = await startEmbedded(config.dataDir);
  return connectTo(embedded, config, embedded.close);
}

function connectTo(
  address: Parameters<typeof connect>[0],
  config: Config,
  closeServer: () => Promise<void>,
): OpenDatabase {
  const db = connect(address, {
    connections: config.databaseConnections,
    lanes: config.databaseLanes,
    pooler: config.databasePooler,
    migrator: config.migrationDatabaseUrl ? { url: config.migrationDatabaseUrl } : undefined,
  });
  return {
    db,
    async close() {
      await db.close();
      await closeServer();
    },
  };
}
