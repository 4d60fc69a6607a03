import { type Clock, SECOND } from "./clock.ts";
import { describeError, logOf } from "./log.ts";

export const VERSION = "0.1.0";

const CHECK_TIMEOUT = 2 * SECOND;

const log = logOf("health");

export type HealthCheck = { name: string; status: "ok" | "fail"; duration_ms: number; detail?: string };

export type HealthReport = {
  status: "healthy" | "degraded" | "unhealthy";
  timestamp: string;
  version: string;
  checks: HealthCheck[];
};

/** Runs each check, two seconds at most. The product is unhealthy when one fails; the reason goes into the log. */
export async function checkHealth(
  clock: Clock,
  checks: Record<string, () => Promise<void>>,
): Promise<HealthReport> {
  const results = await Promise.all(Object.entries(checks).map(([name, check]) => runCheck(name, check)));
  return {
    status: results.every(({ status }) => status === "ok") ? "healthy" : "unhealthy",
    timestamp: clock.now().toISOString(),
    version: VERSION,
    checks: results,
  };
}

async function runCheck(name: string, check: () => Promise<void>): Promise<HealthCheck> {
  const started = performance.now();
  const duration = () => Math.round((performance.now() - started) * 10) / 10;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT} ms`)), CHECK_TIMEOUT);
  });
  try {
    await Promise.race([check(), timeout]);
    return { name, status: "ok", duration_ms: duration() };
  } catch (error) {
    log.error("health check failed", { check: name, ...describeError(error) });
    return { name, status: "fail", duration_ms: duration(), detail: `The ${name} does not answer.` };
  } finally {
    clearTimeout(timer);
  }
}
