import type { z } from "zod";
import type { Permission } from "../access/permissions.ts";

/** What webhooks and event streams send as the `data` of an event. */
export type WebhookData<Row extends object = object> = {
  /** What has happened, as a sentence of the event catalog. */
  readonly description: string;
  /** The JSON that is sent, with names in snake_case. */
  readonly schema: z.ZodObject;
  readonly sample: Record<string, unknown>;
  /** What someone needs to read the data, here or in an event stream. Null: every member may. */
  readonly permission: Permission | null;
  /** The JSON for the changed row, or the deleted one, and the details of the change. */
  of(row: Row, details: Record<string, unknown>): Record<string, unknown>;
};

/** Declares what webhooks and event streams send about an event. */
export function webhookData<Row extends object, Schema extends z.ZodObject>(
  declared: {
    description: string;
    schema: Schema;
    sample: NoInfer<z.output<Schema>>;
    permission: Permission | null;
    of(row: Row, details: Record<string, unknown>): NoInfer<z.output<Schema>>;
  },
): WebhookData<Row> {
  return declared;
}
