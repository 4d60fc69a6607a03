import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Time } from "../../components/time.tsx";
import { flagText } from "./flag_text.ts";

/** `isOn` is null until staff change the flag. `description` is null if the code no longer declares it. */
export type ShownFlag = {
  name: string;
  description: string | null;
  default: boolean;
  rule:
    | { percentage: number; plans: readonly string[]; onFor: number; offFor: number; updatedAt: Date }
    | null;
};

export type FlagsPageProps = { flags: ShownFlag[]; now: Date };

/** `/admin/flags`: every feature flag, and whom it is on for. */
export function FlagsPage({ flags, now }: FlagsPageProps) {
  const text = flagText.use();
  if (flags.length === 0) return <EmptyState icon="bolt" title={text.none} text={text.noneHint} />;
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <Card flush>
        <ul class="divide-y divide-line">
          {flags.map((flag) => <FlagItem key={flag.name} flag={flag} now={now} />)}
        </ul>
      </Card>
    </>
  );
}

function FlagItem({ flag, now }: { flag: ShownFlag; now: Date }) {
  const text = flagText.use();
  const { name, description, rule } = flag;
  return (
    <li class="relative flex flex-wrap items-center gap-x-6 gap-y-1 px-4 py-3 hover:bg-hover">
      <div class="min-w-0 flex-1 basis-64">
        <a href={`/admin/flags/${name}`} class="font-mono text-sm font-medium after:absolute after:inset-0">
          {name}
        </a>
        <p class="text-sm text-muted">{description ?? text.unused}</p>
      </div>
      <p class="text-sm">{useSummary(flag)}</p>
      {rule
        ? (
          <span class="text-sm text-muted">
            <Time at={rule.updatedAt} now={now} />
          </span>
        )
        : null}
    </li>
  );
}

/** "25% of workspaces, plans team, 2 workspaces, not 1 workspace". */
function useSummary({ rule, default: isOn }: ShownFlag): string {
  const text = flagText.use();
  if (!rule) return text.byDefault(isOn);
  const { percentage, plans, onFor, offFor } = rule;
  const parts = [
    percentage === 100 ? text.everyone : percentage > 0 ? text.percentageOf(percentage) : "",
    percentage < 100 && plans.length > 0 ? text.plansOf(plans.join(", ")) : "",
    percentage < 100 && onFor > 0 ? text.only(onFor) : "",
  ].filter(Boolean);
  const off = offFor > 0 ? [text.except(offFor)] : [];
  return [...parts.length > 0 ? parts : [text.nobody], ...off].join(", ");
}
