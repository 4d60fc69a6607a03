import { EmptyState } from "../../components/empty_state.tsx";
import { Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { supportText } from "./text.ts";

export type ShownVisit = {
  id: string;
  staffName: string;
  memberName: string;
  reason: string;
  access: "read" | "change";
  startedAt: Date;
  /** Null while the visit lasts. */
  endedAt: Date | null;
};

/** Who of the platform's staff acted for whom, when and why, newest first. */
export function VisitList({ visits, now }: { visits: ShownVisit[]; now: Date }) {
  const text = supportText.use();
  if (visits.length === 0) return <EmptyState icon="shield" title={text.noVisits} text={text.noVisitsHint} />;
  return (
    <ol class="divide-y divide-line">
      {visits.map((visit) => <Visit key={visit.id} visit={visit} now={now} />)}
    </ol>
  );
}

function Visit({ visit, now }: { visit: ShownVisit; now: Date }) {
  const text = supportText.use();
  const { staffName, memberName, reason, access, startedAt, endedAt } = visit;
  const names = { staff: <bdi>{staffName}</bdi>, member: <bdi>{memberName}</bdi> };
  return (
    <li class="flex items-start gap-4 px-4 py-3">
      <div class="min-w-0 flex-1">
        <p class="font-medium">{fill(text.as, names)}</p>
        <p class="line-clamp-2 text-muted wrap-anywhere" dir="auto">{reason}</p>
      </div>
      <p class="shrink-0 text-end text-sm text-muted">
        {text.accesses[access]}
        <span class="block">{endedAt ? <Time at={startedAt} now={now} /> : text.running}</span>
      </p>
    </li>
  );
}
