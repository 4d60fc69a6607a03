import type { z } from "zod";
import { type FieldErrors, invalid } from "../errors.ts";

/** Parses `input` with the schema. Throws `invalid` with the first message for each field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(fieldErrors(parsed.error));
}

export function fieldErrors(error: z.ZodError): FieldErrors {
  const fields: FieldErrors = {};
  for (const issue of error.issues) {
    const field = issue.path.join(".") || "body";
    // Replaces Zod's default message for a missing value. A message from the schema stays.
    fields[field] ??= issue.message.endsWith("received undefined") ? "Enter a value." : issue.message;
  }
  return fields;
}
