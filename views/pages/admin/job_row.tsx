import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { classes } from "../../components/classes.ts";
import { formatCount } from "../../components/count.ts";
import {
  ABOVE_ROW_LINK,
  MainCell,
  Row,
  RowCell,
  RowLink,
  TWO_LINES,
} from "../../components/list/list_table.tsx";
import { Time } from "../../components/time.tsx";
import { jobText } from "./job_text.ts";
import { adminText } from "./text.ts";

const MAX_ERROR_LENGTH = 160;

const EXCEPTIONS: Partial<Record<JobState, Tone>> = { held: "warning", failed: "danger" };

/** A job in the list. The row leads to its page. */
export function JobRow({ job, now }: { job: ListedJob; now: Date }) {
  const { id, name, queue, state, attempts, createdAt } = job;
  return (
    <Row id={`job-${id}`}>
      <MainCell details={<JobDetails job={job} now={now} />}>
        <p class={TWO_LINES}>
          <RowLink href={`/admin/jobs/${id}`}>{name}</RowLink>
        </p>
        <JobError job={job} />
      </MainCell>
      <RowCell>
        <StateBadge state={state} />
      </RowCell>
      <RowCell>
        <JobTenant tenant={job.tenant} />
      </RowCell>
      <RowCell class="max-lg:hidden">{jobText.use().queueNames[queue]}</RowCell>
      <RowCell atEnd class="max-lg:hidden">{formatCount(attempts)}</RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

/** A job's state: plain text while all is well, a badge if not. */
export function StateBadge({ state }: { state: JobState }) {
  const label = adminText.use().jobs.tabs[state];
  const tone = EXCEPTIONS[state];
  return tone ? <Badge tone={tone}>{label}</Badge> : <>{label}</>;
}

/** A link to the job's tenant. The platform's own jobs have none. */
export function JobTenant({ tenant }: { tenant: ListedJob["tenant"] }) {
  if (!tenant) return <span class="text-muted">{adminText.use().jobs.platform}</span>;
  return (
    <a
      href={`/admin/tenants/${tenant.id}`}
      class={`${ABOVE_ROW_LINK} rounded-sm underline decoration-line-strong underline-offset-2 hover:decoration-current`}
    >
      <bdi>{tenant.name}</bdi>
    </a>
  );
}

/** What a phone shows below the name. */
function JobDetails({ job: { state, tenant, attempts, createdAt }, now }: { job: ListedJob; now: Date }) {
  return (
    <>
      <StateBadge state={state} />
      <JobTenant tenant={tenant} />
      <span>{adminText.use().jobs.attempts(attempts)}</span>
      <Time at={createdAt} now={now} />
    </>
  );
}

function JobError({ job: { error, state } }: { job: ListedJob }) {
  if (!error) return null;
  const [firstLine] = error.split("\n", 1) as [string];
  const text = firstLine.length > MAX_ERROR_LENGTH ? `${firstLine.slice(0, MAX_ERROR_LENGTH)}…` : firstLine;
  const tone = state === "failed" ? "text-danger" : "text-muted";
  return <p class={classes("line-clamp-2 text-sm wrap-anywhere", tone)}>{text}</p>;
}
