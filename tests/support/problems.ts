import type { z } from "zod";
import { problemOf } from "../../src/platform/input.ts";
import { englishOf } from "../../src/platform/problem.ts";

/** The texts that a person reads for a schema's errors. */
export function textsOf(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map((issue) => englishOf(problemOf(issue)));
}
