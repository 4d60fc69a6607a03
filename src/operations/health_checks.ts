import { join } from "node:path";
import type { Database } from "../../db/connection/connect.ts";
import { checkQueue } from "./queue_depth.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { newToken } from "../platform/crypto.ts";
import type { Check } from "../platform/health.ts";
import type { Services } from "../ports.ts";
import { EMAIL_TRANSPORT } from "../email/deliver.ts";

/** So much must be free in the data folder. */
const PROBE_BYTES = 1024 * 1024;

type Parts = Pick<Services, "config" | "db" | "clock" | "use">;

/** All that `/health` looks at. The product can't serve without what is `essential`, and does less without the rest. */
export function healthChecks({ config, db, clock, use }: Parts): Check[] {
  const isEmbedded = !config.databaseUrl;
  const keepsFiles = isEmbedded || config.jobsEngine === "kv";
  return [
    { name: "database", essential: true, run: () => db.ping() },
    { name: "cache", essential: false, run: remembers },
    { name: "queue", essential: false, run: () => runsJobs(db, clock.now()) },
    { name: "mail", essential: false, run: () => use(EMAIL_TRANSPORT).check() },
    // Where nothing is kept in files, nothing can be wrong with them.
    { name: "disk", essential: isEmbedded, run: () => keepsFiles ? takesFiles(config.dataDir) : undefined },
  ];
}

/** Jobs have connections of their own, which they share with the back office. */
async function runsJobs(db: Database, now: Date): Promise<void> {
  await db.batch.ping();
  await checkQueue(db, now);
}

const cache = new MemoryCache<string>({ capacity: 1, ttl: 10 * SECOND });

function remembers(): void {
  const token = newToken();
  cache.set("health", token);
  if (cache.get("health") !== token) throw new Error("the cache forgot what it was given");
}

/** Whether the data folder can be written and has room. */
async function takesFiles(folder: string): Promise<void> {
  const path = join(folder, `.health-${newToken()}`);
  try {
    await Deno.writeFile(path, new Uint8Array(PROBE_BYTES), { createNew: true, mode: 0o600 });
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}
