import type { QueueName } from "../outbox/queues.ts";

/** What reads an event besides the log and webhooks: a job, enqueued in the transaction of the change. */
export type EventReader = {
  /** The event's name. */
  readonly event: string;
  readonly job: { readonly name: string; readonly queue: QueueName };
  /** Whose the job is: the tenant's that the event is about, or the platform's. */
  readonly owner: "tenant" | "platform";
  /** What the job gets of the changed row, or the deleted one, and of the details of the change. */
  payloadOf(row: object, details: Record<string, unknown>): Record<string, unknown>;
};
