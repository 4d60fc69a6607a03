import type { z } from "zod";

/** What webhooks send as the `data` of an event. */
export type WebhookData<Row extends object = object> = {
  /** What has happened, as a sentence of the event catalog. */
  readonly description: string;
  /** The JSON that is sent, with names in snake_case. */
  readonly schema: z.ZodObject;
  readonly sample: Record<string, unknown>;
  /** The JSON for the changed row, or the deleted one, and the details of the change. */
  of(row: Row, details: Record<string, unknown>): Record<string, unknown>;
};

/** Declares what webhooks send about an event. */
export function webhookData<Row extends object, Schema extends z.ZodObject>(
  declared: {
    description: string;
    schema: Schema;
    sample: NoInfer<z.output<Schema>>;
    of(row: Row, details: Record<string, unknown>): NoInfer<z.output<Schema>>;
  },
): WebhookData<Row> {
  return declared;
}
