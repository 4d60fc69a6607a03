import type { HealthReport } from "../../../src/platform/health.ts";
import { classes } from "../../components/classes.ts";
import { TextLink } from "../../components/link.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { companyText } from "./text.ts";

const HEALTH = "/health";

const LOOKS: Record<HealthReport["status"], string> = {
  healthy: "bg-success-soft text-success",
  degraded: "bg-warning-soft text-warning",
  unhealthy: "bg-danger-soft text-danger",
};

/** `/status`: whether the service works, for people. */
export function StatusPage({ report }: { report: Pick<HealthReport, "status" | "checks" | "timestamp"> }) {
  const { status: text } = companyText.use();
  const at = new Date(report.timestamp);
  return (
    <div class="mx-auto grid max-w-xl gap-6 px-5 py-14 sm:px-8 sm:py-18">
      <h1 class="text-3xl font-semibold tracking-tighter">{text.title}</h1>
      <p class={classes("rounded-lg px-4 py-3 text-md font-medium", LOOKS[report.status])}>
        {text[report.status]}
      </p>
      <ul class="divide-y divide-line rounded-lg border border-line bg-surface shadow-card">
        {report.checks.map(({ name, status }) => (
          <li class="flex min-h-11 items-center justify-between gap-4 px-4 py-2">
            <span class="font-medium">{text.systems[name] ?? name}</span>
            <span class={status === "ok" ? "text-muted" : "font-medium text-danger"}>
              {status === "ok" ? text.works : text.fails}
            </span>
          </li>
        ))}
      </ul>
      <p class="text-sm text-muted">
        {fill(text.checked, {
          time: <time datetime={report.timestamp}>{formatsOf(usePage().locale).second.format(at)} UTC</time>,
          link: <TextLink href={HEALTH}>{HEALTH}</TextLink>,
        })}
      </p>
    </div>
  );
}
