import type { JobState } from "../../../src/operations/job_list.ts";
import type { QueueName } from "../../../src/outbox/queues.ts";

export type JobListQuery = { state: JobState | "all"; queue: QueueName | "all" };

/** The URL of the filtered list. It always includes the state, because without one the list shows failed jobs. */
export function jobsHref({ state, queue }: JobListQuery, cursor?: string): string {
  const parameters = new URLSearchParams({ state });
  if (queue !== "all") parameters.set("queue", queue);
  if (cursor) parameters.set("cursor", cursor);
  return `/admin/jobs?${parameters}`;
}

/** A queue's name as a label: "Email". */
export function queueLabel(queue: QueueName): string {
  return queue.charAt(0).toUpperCase() + queue.slice(1);
}
