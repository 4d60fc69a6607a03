// htmx requests parts of this page: JobList for `#job-list`, QueuePanel for `#queue-panel`.
import { JobList, type JobListProps } from "./job_list.tsx";
import { QueuePanel, type QueuePanelProps } from "./queue_panel.tsx";

export type JobsPageProps = JobListProps & QueuePanelProps;

/** `/admin/jobs`: the state of the queues, and all stored jobs. */
export function JobsPage({ queues, workers, ...list }: JobsPageProps) {
  return (
    <>
      <QueuePanel queues={queues} workers={workers} now={list.now} />
      <JobList {...list} />
    </>
  );
}
