import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { classes } from "../../components/classes.ts";
import { formatCount } from "../../components/count.ts";
import { Cell } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { queueLabel } from "./job_query.ts";

const MAX_ERROR_LENGTH = 160;

const STATES: Record<JobState, { label: string; tone: Tone }> = {
  waiting: { label: "Waiting", tone: "neutral" },
  ready: { label: "Ready", tone: "neutral" },
  running: { label: "Running", tone: "info" },
  held: { label: "Held", tone: "warning" },
  failed: { label: "Failed", tone: "danger" },
  done: { label: "Done", tone: "success" },
};

/** A job in the list. Its name links to its page. */
export function JobRow({ job, now }: { job: ListedJob; now: Date }) {
  const { id, name, queue, state, attempts, createdAt } = job;
  return (
    <tr id={`job-${id}`} class="transition-colors hover:bg-canvas">
      <Cell class="w-full max-w-0">
        <a href={`/admin/jobs/${id}`} class="block truncate rounded-sm font-medium hover:underline">{name}</a>
        <JobError job={job} />
        <div class="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted md:hidden">
          <StateBadge state={state} />
          <JobTenant tenant={job.tenant} />
          <span>{attempts === 1 ? "1 attempt" : `${formatCount(attempts)} attempts`}</span>
          <Time at={createdAt} now={now} />
        </div>
      </Cell>
      <Cell wideOnly>
        <StateBadge state={state} />
      </Cell>
      <Cell wideOnly class="max-w-44 truncate">
        <JobTenant tenant={job.tenant} />
      </Cell>
      <Cell wideOnly class="max-lg:hidden">{queueLabel(queue)}</Cell>
      <Cell wideOnly class="text-right tabular-nums max-lg:hidden">{formatCount(attempts)}</Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted">
        <Time at={createdAt} now={now} />
      </Cell>
    </tr>
  );
}

/** A job's state, in a badge. */
export function StateBadge({ state }: { state: JobState }) {
  const { label, tone } = STATES[state];
  return <Badge tone={tone}>{label}</Badge>;
}

/** A link to the job's tenant. The platform's own jobs have none. */
export function JobTenant({ tenant }: { tenant: ListedJob["tenant"] }) {
  if (!tenant) return <span class="text-muted">Platform</span>;
  return (
    <a
      href={`/admin/tenants/${tenant.id}`}
      class="rounded-sm underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {tenant.name}
    </a>
  );
}

function JobError({ job: { error, state } }: { job: ListedJob }) {
  if (!error) return null;
  const [firstLine] = error.split("\n", 1) as [string];
  const text = firstLine.length > MAX_ERROR_LENGTH ? `${firstLine.slice(0, MAX_ERROR_LENGTH)}…` : firstLine;
  const tone = state === "failed" ? "text-danger" : "text-muted";
  return <p class={classes("line-clamp-2 text-sm wrap-anywhere", tone)}>{text}</p>;
}
