import { join } from "node:path";
import type { Database } from "../../db/connection/connect.ts";
import { REPLICA } from "../analytics/replica/read_report.ts";
import { EMAIL_TRANSPORT } from "../email/deliver.ts";
import { MemoryCache } from "../platform/cache.ts";
import { SECOND } from "../platform/clock.ts";
import { newToken } from "../platform/crypto.ts";
import type { Check } from "../platform/health.ts";
import type { Services } from "../ports.ts";
import type { Counter } from "../rate_limits/counter.ts";
import { RATE_LIMITER } from "../rate_limits/limiter.ts";
import { checkQueue } from "./queue_depth.ts";

/** How much space the data folder must have. */
const PROBE_BYTES = 1024 * 1024;

type Parts = Pick<Services, "config" | "db" | "clock" | "use">;

/** The checks of `/health`. The product can't serve requests if an `essential` check fails, and is degraded if another does. */
export function healthChecks({ config, db, clock, use }: Parts): Check[] {
  const isEmbedded = !config.databaseUrl;
  const keepsFiles = isEmbedded || config.jobsEngine === "kv";
  return [
    { name: "database", essential: true, run: () => db.ping() },
    { name: "cache", essential: false, run: () => checkCache(use(RATE_LIMITER)) },
    { name: "queue", essential: false, run: () => checkJobs(db, clock.now()) },
    { name: "mail", essential: false, run: () => use(EMAIL_TRANSPORT).check() },
    ...config.databaseReplicaUrl
      ? [{ name: "replica", essential: false, run: () => use(REPLICA)?.check() }]
      : [],
    // Passes if the product keeps no files.
    { name: "disk", essential: isEmbedded, run: () => keepsFiles ? checkDisk(config.dataDir) : undefined },
  ];
}

/** Jobs share their connections with the back office, but not with requests. */
async function checkJobs(db: Database, now: Date): Promise<void> {
  await db.batch.ping();
  await checkQueue(db, now);
}

const cache = new MemoryCache<string>({ capacity: 1, ttl: 10 * SECOND });

/** The cache is in this process. Redis, if configured, holds only the counts of the rate limits. */
async function checkCache({ counter }: { counter: Counter }): Promise<void> {
  const token = newToken();
  cache.set("health", token);
  if (cache.get("health") !== token) throw new Error("the cache lost an entry");
  await counter.check();
}

/** Throws if the data folder can't be written or is full. */
export async function checkDisk(folder: string): Promise<void> {
  const path = join(folder, `.health-${newToken()}`);
  try {
    await Deno.writeFile(path, new Uint8Array(PROBE_BYTES), { createNew: true, mode: 0o600 });
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}
