import type { z } from "zod";
import { type FieldProblems, invalid } from "../errors.ts";
import { findProblem, type Problem, problem } from "./problem.ts";

const VALUE_MISSING = problem("value_missing", "Enter a value.");

/** Parses `input` with the schema. Throws `invalid` with the first problem of each field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(fieldProblems(parsed.error));
}

export function fieldProblems(error: z.ZodError): FieldProblems {
  const fields: FieldProblems = {};
  for (const issue of error.issues) fields[issue.path.join(".") || "body"] ??= problemOf(issue);
  return fields;
}

/**
 * A schema names its problem by code: `z.string().max(120, TEXT_TOO_LONG.code)`. The values come from the issue, such as
 * `maximum`, or from the `params` of a refinement. Zod's own message stays as it is.
 */
export function problemOf(issue: z.core.$ZodIssue): Problem {
  const { code, message } = issue;
  const params = code === "custom" ? issue.params : undefined;
  const known = findProblem(message, { ...issue, ...params });
  if (known) return known;
  if (message.endsWith("received undefined")) return VALUE_MISSING;
  return { code, english: message, values: {} };
}
