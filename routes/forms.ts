import { DomainError, type ErrorKind, type FieldErrors } from "../src/errors.ts";

/** What became of a form: what its change gave, or why it was refused. */
export type Outcome<T> = { refusal: DomainError } | { refusal: null; value: T };

/**
 * Makes the change that a form asks for. A refusal that is about the form is returned, so that the route can load what it
 * needs to show the form again; anything else is thrown.
 */
export async function submit<T>(
  change: () => Promise<T>,
  aboutTheForm: ErrorKind[] = ["invalid"],
): Promise<Outcome<T>> {
  try {
    return { refusal: null, value: await change() };
  } catch (error) {
    if (error instanceof DomainError && aboutTheForm.includes(error.kind)) return { refusal: error };
    throw error;
  }
}

/** What has to change in a form that was refused. Throws what isn't about its fields. */
export function refusedFields(error: unknown): FieldErrors {
  if (error instanceof DomainError && error.kind === "invalid") return error.fields;
  throw error;
}
