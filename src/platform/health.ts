import { type Clock, SECOND } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { describeError, logOf } from "./log.ts";
import { VERSION } from "./version.ts";

const CHECK_TIMEOUT = 2 * SECOND;
const REPORT_TTL = SECOND;

const log = logOf("health");

/** `run` throws if the check fails. If an `essential` check fails, the product can't serve requests. */
export type Check = { name: string; essential: boolean; run: () => void | Promise<void> };

export type CheckResult = { name: string; status: "ok" | "fail"; duration_ms: number; detail?: string };

export type HealthReport = {
  status: "healthy" | "degraded" | "unhealthy";
  timestamp: string;
  version: string;
  checks: CheckResult[];
};

/** Reports the product's health. Runs the checks at most once a second, however often it is asked. */
export class Health {
  readonly #clock: Clock;
  readonly #checks: Check[];
  #report: Promise<HealthReport> | undefined;
  #expires = 0;

  constructor(clock: Clock, checks: Check[]) {
    this.#clock = clock;
    this.#checks = checks;
  }

  /**
   * Runs each check for at most two seconds, and logs the reason of each failure. The status is unhealthy if an essential check
   * fails, and degraded if another check fails.
   */
  report(): Promise<HealthReport> {
    if (this.#report && performance.now() < this.#expires) return this.#report;
    this.#expires = Infinity;
    return this.#report = this.#runChecks().finally(() => this.#expires = performance.now() + REPORT_TTL);
  }

  async #runChecks(): Promise<HealthReport> {
    const results = await Promise.all(this.#checks.map(runCheck));
    const failed = this.#checks.filter((_, index) => results[index]!.status === "fail");
    return {
      status: failed.some(({ essential }) => essential)
        ? "unhealthy"
        : failed.length > 0
        ? "degraded"
        : "healthy",
      timestamp: this.#clock.now().toISOString(),
      version: VERSION,
      checks: results,
    };
  }
}

async function runCheck({ name, run }: Check): Promise<CheckResult> {
  const started = performance.now();
  const duration = () => Math.round((performance.now() - started) * 10) / 10;
  try {
    await withDeadline(CHECK_TIMEOUT, run);
    return { name, status: "ok", duration_ms: duration() };
  } catch (error) {
    log.error("health check failed", { check: name, ...describeError(error) });
    return { name, status: "fail", duration_ms: duration(), detail: "The check failed. The log says why." };
  }
}
