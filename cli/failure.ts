import { ConfigError } from "../src/config.ts";
import { DomainError } from "../src/errors.ts";
import { reasonOf } from "../src/platform/log.ts";
import { linesOf, UsageError } from "./options.ts";
import { printError } from "./output.ts";

const EXIT_FAILED = 1;
const EXIT_USAGE_ERROR = 2;

/** Prints why a command failed. Returns the exit code. */
export function printFailure(error: unknown): number {
  for (const line of explain(error)) printError(line);
  return error instanceof UsageError ? EXIT_USAGE_ERROR : EXIT_FAILED;
}

function explain(error: unknown): string[] {
  if (error instanceof ConfigError || error instanceof UsageError) return error.lines;
  if (error instanceof DomainError) return linesOf(error);
  return [error instanceof Error ? reasonOf(error).message : String(error)];
}
