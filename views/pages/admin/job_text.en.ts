import type { QueueName } from "../../../src/outbox/queues.ts";
import { plural } from "../../text.ts";

const QUEUE_NAMES: Record<QueueName, string> = {
  email: "Email",
  webhooks: "Webhooks",
  billing: "Billing",
  analytics: "Analytics",
  campaigns: "Campaigns",
  cleanup: "Cleanup",
};

export const en = {
  title: "Jobs",
  meanings: {
    waiting: "Waits until it is due.",
    ready: "Starts as soon as a process is free.",
    running: "Running or about to run.",
    held: "Continues when its tenant is resumed.",
    failed: "Failed permanently. Kept for 90 days unless you retry or discard it.",
    done: "Finished.",
  },
  states: { waiting: "Waiting", ready: "Ready", running: "Running", held: "Held", failed: "Failed" },
  details: "Details",
  payload: "Payload",
  masked: "Secrets and personal data are masked.",
  error: "Error",
  lastError: "Last error",
  facts: {
    state: "State",
    queue: "Queue",
    tenant: "Tenant",
    attempts: "Attempts",
    queued: "Queued",
    due: "Due",
    started: "Started",
    heldSince: "Held since",
    ended: "Ended",
    id: "Job ID",
  },
  attempts: (made: number, most: number) => `${made} of ${most}`,
  discard: "Discard",
  retry: "Retry",
  requeued: (name: string) => `${name} was requeued.`,
  requeuedAll: (jobs: number) => `${plural(jobs, "job")} ${jobs === 1 ? "was" : "were"} requeued.`,
  noneFailed: "There are no failed jobs.",
  discarded: (name: string) => `${name} was discarded.`,
  discardTitle: "Discard a job",
  discardLead: "The job will be permanently deleted without running.",
  discardJob: "Discard job",
  cancel: "Cancel",
  queues: "Queues",
  queueNames: QUEUE_NAMES,
  oldestReady: "Oldest ready",
  oldestReadySince: "Oldest ready: {time}",
  lastHour: "Last hour",
  lastHourFacts: "In the last hour: {facts}",
  none: "None",
  noWorkers: "No process is running jobs.",
  readyJobs: (jobs: number) =>
    `${plural(jobs, "job")} ${
      jobs === 1 ? "is" : "are"
    } ready to run. Start a process with {worker}, or a server with {all}.`,
  workers: (workers: number) =>
    workers === 1 ? "1 process is running jobs" : `${workers || "No"} processes are running jobs`,
  inState: (jobs: string, state: string) => `${jobs} ${state.toLowerCase()}`,
  inQueue: (jobs: string, state: string, queue: string) => `${jobs} ${state.toLowerCase()} in ${queue}`,
  done: (jobs: string) => `${jobs} done`,
  retried: (jobs: string) => `, ${jobs} retried`,
  failed: (jobs: string) => `, ${jobs} failed`,
};
