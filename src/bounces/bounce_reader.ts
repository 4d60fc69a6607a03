import { z } from "zod";
import type { QueueName } from "../outbox/queues.ts";

/** An email that a contact's mail server refused for good. The contact's address gets no more campaigns of the tenant. */
export const bounce = z.object({
  contactId: z.uuid(),
  /** The email's id, if the report named it. Only a hint: compare it with what was sent to the contact. */
  emailId: z.uuid().nullable(),
  /** Such as `5.1.1`. */
  status: z.string(),
  /** What the mail server said. */
  detail: z.string(),
});

/**
 * A job of the tenant that runs after a bounce. Declare it with the payload `bounce`. A feature lists its readers in its
 * `feature.ts`.
 */
export type BounceReader = { readonly name: string; readonly queue: QueueName };
