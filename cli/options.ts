import type { z } from "zod";
import { DomainError } from "../src/errors.ts";
import { parseInput } from "../src/platform/input.ts";

/** The command can't mean what was given to it: exit code 2. */
export class WrongUse extends Error {
  readonly lines: string[];

  constructor(lines: string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

/** What was given on the command line, as the schema's output. Throws `WrongUse` with a line for each wrong value. */
export function parseOptions<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  try {
    return parseInput(schema, input);
  } catch (error) {
    throw error instanceof DomainError ? new WrongUse(linesOf(error)) : error;
  }
}

/** A line for each field that an error is about, or the error's own words. */
export function linesOf({ fields, message }: DomainError): string[] {
  const lines = Object.entries(fields).map(([field, problem]) => `${field}: ${problem}`);
  return lines.length > 0 ? lines : [message];
}
