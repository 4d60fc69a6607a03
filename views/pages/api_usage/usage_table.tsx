import type { Child } from "hono/jsx";
import type { CallFigures } from "../../../src/api_access/usage_report.ts";
import { Card } from "../../components/card.tsx";
import { formatCount, formatDuration } from "../../components/count.ts";
import { TextLink } from "../../components/link.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { usePage } from "../../page.tsx";
import { usageText } from "./text.ts";
import { useErrorRate } from "./usage_figures.tsx";

/** One line of a table: what it is about, its report, the requests behind it, and its figures. */
export type UsageLine = CallFigures & {
  key: string;
  name: Child;
  /** The name as plain text, for the link to the requests. */
  label: string;
  reportHref: string;
  requestsHref: string;
};

/** Calls, errors and durations, a line for each endpoint or caller. */
export function UsageTable(
  { title, head, lines, maxLines }: { title: string; head: string; lines: UsageLine[]; maxLines: number },
) {
  const text = usageText.use();
  const isCut = lines.length >= maxLines;
  const end = (label: string) => ({ label, class: "w-24 text-end" });
  return (
    <Card title={title} note={isCut ? text.busiest(String(maxLines)) : undefined} flush>
      <Table
        label={title}
        columns={[
          { label: head, class: "text-start" },
          ...[text.calls, text.errorRate, text.p50, text.p95, text.p99].map(end),
        ]}
      >
        {lines.map((line) => <Line key={line.key} line={line} />)}
      </Table>
    </Card>
  );
}

function Line({ line }: { line: UsageLine }) {
  const text = usageText.use();
  const { locale } = usePage();
  const { calls, latency } = line;
  const errorRate = useErrorRate()(line);
  const [p50, p95, p99] = [latency?.p50, latency?.p95, latency?.p99].map((value) =>
    value === undefined ? text.noValue : formatDuration(value, locale)
  );
  const requests = (
    <TextLink
      href={line.requestsHref}
      aria-label={text.showLog(`${line.label}, ${formatCount(calls, locale)}`)}
    >
      {formatCount(calls, locale)}
    </TextLink>
  );
  return (
    <tr>
      <Cell>
        <a href={line.reportHref} class="font-medium text-ink hover:underline">{line.name}</a>
        <dl class="mt-1 flex flex-wrap gap-x-3 text-sm text-muted md:hidden">
          <Pair term={text.calls}>{requests}</Pair>
          <Pair term={text.errorRate}>{errorRate}</Pair>
          <Pair term={text.p50}>{p50}</Pair>
          <Pair term={text.p95}>{p95}</Pair>
          <Pair term={text.p99}>{p99}</Pair>
        </dl>
      </Cell>
      <Cell wideOnly class="text-end">{requests}</Cell>
      {[errorRate, p50, p95, p99].map((value) => (
        <Cell wideOnly class="text-end whitespace-nowrap text-muted">{value}</Cell>
      ))}
    </tr>
  );
}

function Pair({ term, children }: { term: string; children?: Child }) {
  return (
    <div class="flex gap-1">
      <dt>{term}</dt>
      <dd class="text-ink">{children}</dd>
    </div>
  );
}
