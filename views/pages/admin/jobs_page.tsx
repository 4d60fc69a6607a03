// htmx requests parts of this page: JobList for `#job-list`, JobRows for `#more-jobs`, QueuePanel for `#queue-panel`.
import { Button } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { Select } from "../../components/select.tsx";
import { JobList, type JobListProps, LIST_SWAP } from "./job_list.tsx";
import { queueLabel } from "./job_query.ts";
import { QueuePanel, type QueuePanelProps } from "./queue_panel.tsx";

export type JobsPageProps = JobListProps & QueuePanelProps;

/** `/admin/jobs`: the state of the queues, and all stored jobs. */
export function JobsPage({ queues, workers, ...list }: JobsPageProps) {
  return (
    <>
      <QueuePanel queues={queues} workers={workers} now={list.now} />
      <FilterForm queue={list.query.queue} queues={queues} />
      <JobList {...list} />
    </>
  );
}

function FilterForm({ queue, queues }: { queue: string; queues: QueuePanelProps["queues"] }) {
  const options = [
    { value: "", label: "All queues" },
    ...queues.map(({ queue }) => ({ value: queue, label: queueLabel(queue) })),
  ];
  return (
    <form
      id="job-filter"
      method="get"
      action="/admin/jobs"
      class="mb-4 flex flex-wrap gap-3"
      {...hx({ get: "/admin/jobs", trigger: "change, submit", sync: "this:replace", ...LIST_SWAP })}
    >
      <div class="w-48 max-sm:w-full">
        <Select name="queue" aria-label="Queue" options={options} value={queue === "all" ? "" : queue} />
      </div>
      <noscript>
        <Button>Apply</Button>
      </noscript>
    </form>
  );
}
