import type { JobState } from "../../../src/operations/job_list.ts";
import type { QueueName } from "../../../src/outbox/queues.ts";
import type { ListAddress } from "../../components/list/list_address.ts";

export type JobView = { state: JobState | "all"; queue: QueueName | "all" };

/** The list of jobs. Its URL always includes the state, because without one the list shows failed jobs. */
export const JOBS: ListAddress<JobView> = { path: "/admin/jobs", defaults: { queue: "all" } };
