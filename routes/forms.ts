import { DomainError, type FieldErrors } from "../src/errors.ts";

/** What has to change in a form that was refused. Throws what isn't about its fields. */
export function refusedFields(error: unknown): FieldErrors {
  if (error instanceof DomainError && error.kind === "invalid") return error.fields;
  throw error;
}
