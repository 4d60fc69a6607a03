import { z } from "zod";
import { authorizeReading } from "../access/authorize.ts";
import type { TenantContext } from "../context.ts";
import { eventTypes } from "./event_filter.ts";
import { WEBHOOKS_MANAGE } from "./permissions.ts";

/** An event that webhooks send, for receivers: the JSON Schema of its data, and a sample. */
export type CatalogEntry = {
  /** The type, such as `project.created`. */
  id: string;
  description: string;
  schema: Record<string, unknown>;
  sample: Record<string, unknown>;
};

/** Every event that webhooks send, by type. */
export function listEventTypes(ctx: TenantContext): CatalogEntry[] {
  authorizeReading(ctx, WEBHOOKS_MANAGE);
  return eventTypes(ctx.services).map(({ type, description, schema, sample }) => ({
    id: type,
    description,
    schema: z.toJSONSchema(schema) as Record<string, unknown>,
    sample,
  }));
}
