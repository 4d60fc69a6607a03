import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import type { QueueName } from "../../../src/outbox/queues.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { listHref } from "../../components/list/list_address.ts";
import { ListFilter } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { Select } from "../../components/select.tsx";
import { JOBS, type JobView } from "./job_address.ts";
import { JobRow } from "./job_row.tsx";
import { jobText } from "./job_text.ts";
import { adminText } from "./text.ts";

export type JobListProps = {
  jobs: ListedJob[];
  pages: ListPages;
  /** The jobs in each state, in the selected queue or in all. Finished jobs aren't counted. */
  counts: Partial<Record<JobState, number>>;
  queueNames: QueueName[];
  view: JobView;
  now: Date;
};

const ID = "job-list";
const STATES = ["all", "failed", "held", "waiting", "ready", "running", "done"] as const;

/** The list with its tabs. A change of what it shows replaces it. */
export function JobList({ jobs, pages, counts, queueNames, view, now }: JobListProps) {
  const { jobs: text } = adminText.use();
  const { job, state, tenant, queue, attempts, queued } = text.columns;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={JOBS}
      view={view}
      pages={pages}
      tabs={{
        name: "state",
        label: text.filterByState,
        counts,
        options: STATES.map((value) => ({ value, label: text.tabs[value] })),
      }}
      filter={<QueueFilter view={view} queueNames={queueNames} />}
      notice={view.state === "failed" && counts.failed
        ? <RetryAllForm failed={counts.failed} queue={view.queue} />
        : undefined}
      columns={[
        { label: job },
        { label: state, class: "md:w-24" },
        { label: tenant, class: "md:w-[20%]" },
        { label: queue, class: "md:w-28 max-lg:hidden" },
        { label: attempts, atEnd: true, class: "md:w-24 max-lg:hidden" },
        { label: queued, atEnd: true, class: "md:w-28" },
      ]}
      rows={jobs.map((each) => <JobRow key={each.id} job={each} now={now} />)}
      empty={<NoJobs view={view} />}
    />
  );
}

function QueueFilter({ view, queueNames }: { view: JobView; queueNames: QueueName[] }) {
  const { jobs: text } = adminText.use();
  const { queueNames: names } = jobText.use();
  const options = [
    { value: "", label: text.allQueues },
    ...queueNames.map((queue) => ({ value: queue, label: names[queue] })),
  ];
  return (
    <ListFilter list={ID} address={JOBS} view={view} field="queue" trigger="change">
      <div class="min-w-0 flex-1">
        <Select
          name="queue"
          aria-label={text.queue}
          options={options}
          value={view.queue === "all" ? "" : view.queue}
        />
      </div>
    </ListFilter>
  );
}

function RetryAllForm({ failed, queue }: { failed: number; queue: JobView["queue"] }) {
  const { jobs: text } = adminText.use();
  return (
    <form
      method="post"
      action={`${JOBS.path}/retry-failed`}
      class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2"
    >
      {queue === "all" ? null : <input type="hidden" name="queue" value={queue} />}
      <p class="text-muted">{queue === "all" ? text.failed(failed) : text.failedIn(failed, queue)}</p>
      <Button size="small" icon="restore">{text.retryAll}</Button>
    </form>
  );
}

function NoJobs({ view: { state, queue } }: { view: JobView }) {
  const { jobs: text } = adminText.use();
  if (state === "failed") {
    return <EmptyState icon="check" title={text.noneFailed} text={text.noneFailedHint} />;
  }
  if (state === "all" && queue === "all") {
    return <EmptyState icon="clock" title={text.none} text={text.noneHint} />;
  }
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={listHref(JOBS, { state: "all", queue: "all" })}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}
