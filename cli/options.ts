import type { z } from "zod";
import { DomainError } from "../src/errors.ts";
import { parseInput } from "../src/platform/input.ts";
import { englishOf } from "../src/platform/problem.ts";

/** Invalid arguments: exit code 2. */
export class UsageError extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/** A command that can't do its work: exit code 1. */
export class CommandFailure extends Error {}

/** Parses command-line options with the schema. Throws `UsageError` with one line for each invalid value. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  try {
    return parseInput(schema, input);
  } catch (error) {
    throw error instanceof DomainError ? new UsageError(linesOf(error)) : error;
  }
}

/** One line for each invalid field, or the error's message. */
export function linesOf({ fields, problem }: DomainError): string[] {
  const lines = Object.entries(fields).map(([field, problem]) => `${field}: ${englishOf(problem)}`);
  return lines.length > 0 ? lines : [englishOf(problem)];
}
