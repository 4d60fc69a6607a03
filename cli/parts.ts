import type { Database } from "../db/connection/connect.ts";
import { REPLICA } from "../src/analytics/replica/read_report.ts";
import type { Config } from "../src/config.ts";
import { EMAIL_TRANSPORT } from "../src/email/deliver.ts";
import { healthChecks } from "../src/operations/health_checks.ts";
import { SECOND, systemClock } from "../src/platform/clock.ts";
import { withDeadline } from "../src/platform/deadline.ts";
import type { Check } from "../src/platform/health.ts";
import { reasonOf } from "../src/platform/log.ts";
import { Metrics } from "../src/platform/metrics.ts";
import type { Part, Services } from "../src/ports.ts";
import { RATE_LIMITER } from "../src/rate_limits/limiter.ts";

/** The parts that the checks of `/health` ask. The other parts need a database that answers. */
const CHECKED = [RATE_LIMITER, EMAIL_TRANSPORT, REPLICA] as Part<unknown>[];

const CLOSE_TIME = SECOND;
const CHECK_TIME = 5 * SECOND;

/** Runs `work` with the checks of `/health`, in this process and without a server. */
export async function withHealthChecks<T>(
  config: Config,
  db: Database,
  work: (checks: Check[]) => Promise<T>,
): Promise<T> {
  const clock = systemClock;
  const metrics = new Metrics({ maxTenants: config.metricsMaxTenants, clock });
  const parts = new Map<Part<unknown>, unknown>();
  for (const part of CHECKED) {
    parts.set(part, await part.create({ config, db, clock, metrics } as Services));
  }
  const use = <T>(part: Part<T>) => parts.get(part) as T;
  try {
    return await work(healthChecks({ config, db, clock, use }));
  } finally {
    await Promise.allSettled(
      [...parts].map(([part, value]) => withDeadline(CLOSE_TIME, () => part.close?.(value))),
    );
  }
}

/** Why a check fails, or doesn't end in time. Undefined if it passes. */
export async function failureOf(
  run: () => unknown,
  milliseconds = CHECK_TIME,
): Promise<string | undefined> {
  try {
    await withDeadline(milliseconds, async () => await run());
  } catch (error) {
    return error instanceof Error ? reasonOf(error).message || reasonOf(error).name : String(error);
  }
}
