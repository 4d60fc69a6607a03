import { Card } from "../../components/card.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { flagText } from "./flag_text.ts";

/** `description` is null if the code no longer declares the flag, and `changedAt` until staff change it. */
export type ShownFlag = {
  name: string;
  description: string | null;
  changedAt: Date | null;
  /** For how many workspaces the flag is on, of all. */
  reach: { on: number; all: number };
};

export type FlagsPageProps = { flags: ShownFlag[]; now: Date };

/** `/admin/flags`: every feature flag, and for how many workspaces it is on. */
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
  const { name, description, changedAt, reach } = flag;
  return (
    <li class="relative flex flex-wrap items-center gap-x-6 gap-y-1 px-4 py-3 hover:bg-hover">
      <div class="min-w-0 flex-1 basis-64">
        <a href={`/admin/flags/${name}`} class="font-mono text-sm font-medium after:absolute after:inset-0">
          {name}
        </a>
        <p class="text-sm text-muted">{description ?? text.unused}</p>
      </div>
      <div class="text-sm sm:text-end">
        {description === null ? null : <p class="tabular-nums">{text.onFor(reach.on, reach.all)}</p>}
        <p class="text-muted">
          {changedAt ? fill(text.changed, { time: <Time at={changedAt} now={now} /> }) : text.byDefault}
        </p>
      </div>
    </li>
  );
}
