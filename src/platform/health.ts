import { type Clock, SECOND } from "./clock.ts";
import { withDeadline } from "./deadline.ts";
import { describeError, logOf } from "./log.ts";
import { VERSION } from "./version.ts";

const CHECK_TIMEOUT = 2 * SECOND;
const REPORT_TTL = SECOND;
/** All processes share the database. If each left the load balancer during a short outage, nobody would be there when it ends. */
const READY_THROUGH_OUTAGE = 15 * SECOND;

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
  readonly #keepReport: number;
  #expires = 0;
  /** In milliseconds since 1970. A process that has never been healthy isn't ready. */
  #unhealthySince: number | undefined = 0;
  #isStopping = false;

  /** A report is kept for `keepReport` milliseconds. */
  constructor(clock: Clock, checks: Check[], keepReport = REPORT_TTL) {
    this.#keepReport = keepReport;
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
    return this.#report = this.#runChecks().finally(() =>
      this.#expires = performance.now() + this.#keepReport
    );
  }

  /** Whether load balancers should send requests here. False while the process stops, or if it has been unhealthy for a while. */
  async isReady(): Promise<boolean> {
    if (this.#isStopping) return false;
    await this.report();
    if (this.#isStopping) return false; // since the checks started
    return this.#unhealthySince === undefined ||
      this.#clock.now().getTime() - this.#unhealthySince < READY_THROUGH_OUTAGE;
  }

  /** From now on, the process isn't ready. */
  beginStop(): void {
    this.#isStopping = true;
  }

  async #runChecks(): Promise<HealthReport> {
    const results = await Promise.all(this.#checks.map(runCheck));
    const failed = this.#checks.filter((_, index) => results[index]!.status === "fail");
    const isUnhealthy = failed.some(({ essential }) => essential);
    const now = this.#clock.now();
    this.#unhealthySince = isUnhealthy ? this.#unhealthySince ?? now.getTime() : undefined;
    return {
      status: isUnhealthy ? "unhealthy" : failed.length > 0 ? "degraded" : "healthy",
      timestamp: now.toISOString(),
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
