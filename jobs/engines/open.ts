import { join } from "node:path";
import type { Config } from "../../src/config.ts";
import type { Engine } from "./engine.ts";
import { openKvEngine } from "./kv.ts";
import { openPostgresEngine } from "./postgres.ts";

/** The engine that `config` names. The KV queue is a file beside the embedded database. */
export async function openEngine(config: Config): Promise<Engine> {
  if (config.jobsEngine === "postgres") {
    return await openPostgresEngine(config.databaseUrl!, config.databasePooler);
  }
  await Deno.mkdir(config.dataDir, { recursive: true });
  return await openKvEngine(join(config.dataDir, "jobs.kv"));
}
