import type { CallFigures } from "../../../src/api_access/usage_report.ts";
import { formatCount, formatDuration } from "../../components/count.ts";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { usageText } from "./text.ts";
import { requestsHref, type UsageView } from "./usage_address.ts";

const LATENCY = "#latency";

/** What the report comes to, each figure linked to the requests or the chart behind it. */
export function UsageFigures(
  { total, view, firstDay }: { total: CallFigures; view: UsageView; firstDay: string },
) {
  const text = usageText.use();
  const { locale } = usePage();
  const { calls, errors, latency } = total;
  const duration = (milliseconds?: number) =>
    milliseconds === undefined ? text.noValue : formatDuration(milliseconds, locale);
  const errorsHref = requestsHref(view, firstDay, { status: "error" });
  return (
    <ul
      aria-label={text.figures}
      class="grid grid-cols-1 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-card min-[22rem]:grid-cols-2 lg:grid-cols-5"
    >
      <Figure label={text.calls} href={requestsHref(view, firstDay)} value={formatCount(calls, locale)} />
      <Figure
        label={text.errors}
        href={errorsHref}
        value={formatCount(errors, locale)}
        detail={calls > 0 ? text.ofCalls(useErrorRate()(total)) : undefined}
      />
      <Figure label={text.p50} href={LATENCY} value={duration(latency?.p50)} />
      <Figure label={text.p95} href={LATENCY} value={duration(latency?.p95)} />
      <Figure label={text.p99} href={LATENCY} value={duration(latency?.p99)} />
    </ul>
  );
}

/** Formats the share of errors: "0.4%". Nothing of no calls. */
export function useErrorRate(): (figures: CallFigures) => string {
  const { rate } = formatsOf(usePage().locale);
  const { noValue } = usageText.use();
  return ({ calls, errors }) => calls > 0 ? rate.format(errors / calls) : noValue;
}

function Figure(
  { label, href, value, detail }: { label: string; href: string; value: string; detail?: string },
) {
  return (
    <li class="bg-surface last:max-lg:col-span-full">
      <a href={href} class="block h-full p-4 -outline-offset-2 transition-colors hover:bg-sunken">
        <span class="block text-sm text-muted">{label}</span>{" "}
        <span class="block text-xl font-semibold tracking-tighter tabular-nums wrap-anywhere sm:text-2xl">
          <bdi>{value}</bdi>
        </span>
        {detail ? <span class="block text-xs text-muted">{detail}</span> : null}
      </a>
    </li>
  );
}
