import { join } from "node:path";
import type { Config } from "../../src/config.ts";
import { openDataFolder, openPrivateFile } from "../../src/platform/data_folder.ts";
import type { Engine } from "./engine.ts";
import { openKvEngine } from "./kv.ts";
import { openPostgresEngine } from "./postgres.ts";

/** Opens the engine that `config` selects. The KV queue is a file beside the embedded database. */
export async function openEngine(config: Config): Promise<Engine> {
  if (config.jobsEngine === "postgres") {
    return await openPostgresEngine(config.databaseUrl!, config.databasePooler);
  }
  const path = join(config.dataDir, "jobs.kv");
  await openDataFolder(config.dataDir);
  await openPrivateFile(path, ["-wal", "-shm"]);
  return await openKvEngine(path);
}
