import type { StoryLine } from "../../../src/billing/story.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import type { IconName } from "../../components/icon.tsx";
import { Item, ItemEnd, Items } from "../../components/item.tsx";
import { Time } from "../../components/time.tsx";
import type { BillingFormat } from "./billing_format.ts";
import { adminBillingText } from "./billing_text.ts";

/** A line of the story. A line of the audit log has its sentence. */
export type ShownLine =
  | Exclude<StoryLine, { source: "audit" }>
  | Extract<StoryLine, { source: "audit" }> & { sentence: string };

const ICONS: Record<StoryLine["source"], IconName> = {
  event: "bolt",
  movement: "card",
  notice: "inbox",
  audit: "shield",
};

/** What happened to a workspace's billing, newest first, and what each thing changed. */
export function Story({ lines, now, format }: { lines: ShownLine[]; now: Date; format: BillingFormat }) {
  const text = adminBillingText.use();
  if (lines.length === 0) return <EmptyState icon="clock" title={text.story} text={text.noStory} />;
  return (
    <Items label={text.story}>
      {lines.map((line) => (
        <Item
          key={line.id}
          icon={ICONS[line.source]}
          title={<Title line={line} />}
          details={<Details line={line} format={format} />}
          end={
            <ItemEnd>
              <Time at={line.at} now={now} />
            </ItemEnd>
          }
        />
      ))}
    </Items>
  );
}

function Title({ line }: { line: ShownLine }) {
  const text = adminBillingText.use();
  switch (line.source) {
    case "event":
      return <>{text.fromGateway(line.type)}</>;
    case "movement":
      return <>{text.movements[line.kind]}</>;
    case "notice":
      return <>{noticeOf(line.occasion, text)}</>;
    case "audit":
      return (
        <a href={`/admin/audit/${line.id}`} class="rounded-sm hover:underline">
          <bdi>{line.actorName ?? text.someone}</bdi> <span class="font-normal">{line.sentence}</span>
        </a>
      );
  }
}

type Text = ReturnType<typeof adminBillingText.use>;

/** An occasion such as `trial_ending_3` has its number of days at its end. */
function noticeOf(occasion: string, text: Text): string {
  const [, name, days] = /^(.*?)(?:_(\d+))?$/.exec(occasion)!;
  return text.notices[name!]?.(Number(days ?? 0)) ?? text.otherNotice(occasion);
}

function Details({ line, format }: { line: ShownLine; format: BillingFormat }) {
  const text = adminBillingText.use();
  const parts = detailsOf(line, format, text);
  return <>{parts.map((part, index) => <span key={index} class="wrap-anywhere">{part}</span>)}</>;
}

function detailsOf(line: ShownLine, format: BillingFormat, text: Text): string[] {
  switch (line.source) {
    case "event":
      return [line.eventId];
    case "movement":
      return changesOf(line, format, text);
    case "notice":
      return [];
    case "audit":
      return loggedChanges(line.details ?? {}, line.sentence, text);
  }
}

function changesOf(
  { kind, plan, revenue, currency }: Extract<StoryLine, { source: "movement" }>,
  format: BillingFormat,
  text: Text,
): string[] {
  const show = (amount: number) => format.exact({ amount, currency });
  if (kind === "refunded") return [show(revenue.after)];
  return [
    ...(plan.before && plan.after && plan.before !== plan.after
      ? [text.change(format.plan(plan.before), format.plan(plan.after))]
      : []),
    ...(revenue.before !== revenue.after
      ? [text.revenueChange(show(revenue.before), show(revenue.after))]
      : []),
  ];
}

/** What the log says of the fields that changed, and the reason if the sentence lacks it. */
function loggedChanges(details: Record<string, unknown>, sentence: string, text: Text): string[] {
  const { fields, from, to, reason } = details as {
    fields?: string[];
    from?: Record<string, unknown>;
    to?: Record<string, unknown>;
    reason?: string;
  };
  return [
    ...(fields ?? []).map((field) => `${field}: ${text.change(shown(from?.[field]), shown(to?.[field]))}`),
    ...(reason && !sentence.includes(reason) ? [text.reasonGiven(reason)] : []),
  ];
}

function shown(value: unknown): string {
  return value === null || value === undefined ? "–" : String(value);
}
