import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { EmptyRow, MoreRow, Table } from "../../components/table.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { type JobListQuery, jobsHref } from "./job_query.ts";
import { JobRow } from "./job_row.tsx";

export type JobRowsProps = {
  jobs: ListedJob[];
  nextCursor: string | null;
  query: JobListQuery;
  now: Date;
};

/** `counts`: the jobs in each state, in the selected queue or in all. Finished jobs aren't counted. */
export type JobListProps = JobRowsProps & { counts: Partial<Record<JobState, number>> };

/** The htmx attributes of links and forms that replace the list. */
export const LIST_SWAP = { target: "#job-list", swap: "outerHTML", pushUrl: "true" };

const COLUMNS = [
  { label: "Job" },
  { label: "State" },
  { label: "Tenant" },
  { label: "Queue", class: "max-lg:hidden" },
  { label: "Attempts", class: "text-right max-lg:hidden" },
  { label: "Queued" },
];

const STATES = [
  { state: "all", label: "All" },
  { state: "failed", label: "Failed" },
  { state: "held", label: "Held" },
  { state: "waiting", label: "Waiting" },
  { state: "ready", label: "Ready" },
  { state: "running", label: "Running" },
  { state: "done", label: "Done" },
] as const;

/** The list with its state tabs. Selecting a tab or a queue replaces it. */
export function JobList({ counts, ...rows }: JobListProps) {
  const { query } = rows;
  const tabs = STATES.map(({ state, label }) => {
    const href = jobsHref({ ...query, state });
    const count = state === "all" ? undefined : counts[state];
    return {
      label,
      count,
      href,
      current: query.state === state,
      attributes: hx({ get: href, ...LIST_SWAP }),
    };
  });
  return (
    <Card id="job-list" flush>
      <input type="hidden" name="state" value={query.state} form="job-filter" />
      <Tabs label="Filter by state" tabs={tabs} />
      {query.state === "failed" && counts.failed
        ? <RetryAllForm failed={counts.failed} queue={query.queue} />
        : null}
      <Table label="Jobs" columns={COLUMNS} bodyId="job-rows">
        <JobRows {...rows} />
        <EmptyRow columns={COLUMNS.length}>
          <NoJobs query={query} />
        </EmptyRow>
      </Table>
    </Card>
  );
}

/** One page of rows. The last row fetches the next page when it scrolls into view. */
export function JobRows({ jobs, nextCursor, query, now }: JobRowsProps) {
  return (
    <>
      {jobs.map((job) => <JobRow key={job.id} job={job} now={now} />)}
      {nextCursor
        ? <MoreRow id="more-jobs" href={jobsHref(query, nextCursor)} columns={COLUMNS.length} />
        : null}
    </>
  );
}

function RetryAllForm({ failed, queue }: { failed: number; queue: JobListQuery["queue"] }) {
  const jobs = failed === 1 ? "1 job" : `${formatCount(failed)} jobs`;
  return (
    <form
      method="post"
      action="/admin/jobs/retry-failed"
      class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-5 py-3"
    >
      {queue === "all" ? null : <input type="hidden" name="queue" value={queue} />}
      <p class="text-muted">
        {jobs}
        {queue === "all" ? "" : ` in the queue ${queue}`}{" "}
        failed permanently. A retried job gets all its attempts again.
      </p>
      <Button size="small" icon="restore">Retry all failed</Button>
    </form>
  );
}

function NoJobs({ query }: { query: JobListQuery }) {
  if (query.state === "failed") {
    return (
      <EmptyState
        icon="check"
        title="No failed jobs"
        text="Jobs that fail permanently will be listed here, with their errors."
      />
    );
  }
  if (query.state === "all" && query.queue === "all") {
    return (
      <EmptyState
        icon="clock"
        title="No jobs yet"
        text="Background jobs, such as sending email, will be listed here."
      />
    );
  }
  return (
    <EmptyState icon="search" title="No matching jobs" text="No job in this queue is in this state.">
      <ButtonLink href={jobsHref({ state: "all", queue: "all" })}>Show all jobs</ButtonLink>
    </EmptyState>
  );
}
