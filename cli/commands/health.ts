import type { Command } from "@commander-js/extra-typings";
import type { CheckResult, HealthReport } from "../../src/platform/health.ts";
import { systemClock } from "../../src/platform/clock.ts";
import { VERSION } from "../../src/platform/version.ts";
import { CommandFailure } from "../options.ts";
import { createOutput } from "../output.ts";
import { failureOf, withHealthChecks } from "../parts.ts";
import { withDatabase } from "../session.ts";

export function define(health: Command): void {
  health.option("--json", "print JSON, in the shape of /health")
    .addHelpText(
      "after",
      "\nAnswers for this machine, also while no server runs. Fails if an essential check fails.",
    )
    .action(async ({ json }) => {
      const report = await withDatabase((db, config) => withHealthChecks(config, db, reportOf));
      const output = createOutput(json === true);
      output.data(json ? report : report.checks.map((check) => ({ ...check, detail: check.detail })));
      output.note(`The installation is ${report.status}.`);
      if (report.status === "unhealthy") {
        throw new CommandFailure("An essential check failed. Run: denizen doctor");
      }
    });
}

async function reportOf(
  checks: Parameters<Parameters<typeof withHealthChecks>[2]>[0],
): Promise<HealthReport> {
  const results = await Promise.all(checks.map(async ({ name, run }): Promise<CheckResult> => {
    const started = performance.now();
    const detail = await failureOf(run);
    const duration_ms = Math.round((performance.now() - started) * 10) / 10;
    return detail === undefined
      ? { name, status: "ok", duration_ms }
      : { name, status: "fail", duration_ms, detail };
  }));
  const failed = checks.filter((_, index) => results[index]!.status === "fail");
  return {
    status: failed.some(({ essential }) => essential)
      ? "unhealthy"
      : failed.length > 0
      ? "degraded"
      : "healthy",
    timestamp: systemClock.now().toISOString(),
    version: VERSION,
    checks: results,
  };
}
