import type { Config } from "../config.ts";
import { type Clock, MINUTE } from "../platform/clock.ts";
import { timeOfBackup } from "./retention.ts";
import { listStoredBackups } from "./stored_backups.ts";

/** Scrapes are frequent, and each list is a paid request. */
const LIST_EVERY = 10 * MINUTE;

/** Looks for the newest backup in the bucket, at most every ten minutes. An empty bucket counts as a backup of 1970. */
export function watchBackups(
  config: Config,
  clock: Clock,
  report: (newest: Date) => void,
): () => Promise<void> {
  let nextList = -Infinity;
  return async () => {
    const now = clock.now().getTime();
    if (now < nextList) return;
    nextList = now + LIST_EVERY;
    const newest = (await listStoredBackups(config)).at(-1);
    report(newest ? timeOfBackup(newest) : new Date(0));
  };
}
