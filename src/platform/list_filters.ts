import { type Column, eq, gte, lte, type Placeholder, type SQL } from "drizzle-orm";
import { z } from "zod";
import { likePattern } from "./like_pattern.ts";
import { problem } from "./problem.ts";
import { searchTerm } from "./text.ts";

const NOT_A_CHOICE = problem("not_a_choice", "Use one of {values}.");

const NOT_A_TIME = problem(
  "not_a_time",
  "Use a date such as 2026-03-02, or a time such as 2026-03-02T09:00:00Z.",
);

const MAX_SEARCH_LENGTH = 100;

/** A named parameter that narrows a list. */
export type Filter<Schema extends z.ZodType = z.ZodType> = {
  schema: Schema;
  /** The condition for `value`. It uses `parameter` in place of the value, unless the query plan depends on the value. */
  condition(value: z.output<Schema>, parameter: Placeholder): SQL;
  /** The value of `parameter` in the query. */
  toParameter(value: z.output<Schema>): unknown;
  /** Values with the same shape share one prepared query. */
  shapeOf(value: z.output<Schema>): string;
  /** The condition of each value, if there are only a few. A list counts its tabs by them. */
  choices?: Record<string, SQL>;
};

/** Keeps the rows whose text contains the search term. `condition` gets a LIKE pattern. */
export function searchFilter(condition: (pattern: Placeholder) => SQL | undefined): Filter<z.ZodString> {
  return {
    schema: searchTerm(MAX_SEARCH_LENGTH),
    condition: (_term, pattern) => condition(pattern)!,
    toParameter: likePattern,
    shapeOf: () => "",
  };
}

/** Keeps the rows whose column has the value. */
export function equalFilter<Schema extends z.ZodType>(schema: Schema, column: Column): Filter<Schema> {
  return {
    schema,
    condition: (_value, parameter) => eq(column, parameter),
    toParameter: (value) => value,
    shapeOf: () => "",
    choices: schema instanceof z.ZodEnum ? equalToEach(schema.options, column) : undefined,
  };
}

/** Keeps the rows that meet the chosen condition. Each condition has its own query plan, so partial indexes work. */
export function choiceFilter<Choice extends string>(
  conditions: Record<Choice, SQL>,
): Filter<z.ZodEnum<{ [Word in Choice]: Word }>> {
  return {
    schema: oneOf(Object.keys(conditions) as Choice[]),
    condition: (choice) => conditions[choice],
    toParameter: () => undefined,
    shapeOf: (choice) => choice,
    choices: conditions,
  };
}

/** Keeps the rows from a time on, or up to a time, in UTC. A day stands for its start, or for its end. */
export function momentFilter(
  column: Column,
  side: "since" | "until",
): Filter<z.ZodUnion<[z.ZodISODate, z.ZodISODateTime]>> {
  const rest = side === "since" ? "T00:00:00.000Z" : "T23:59:59.999Z";
  return {
    schema: z.union([z.iso.date(), z.iso.datetime({ offset: true })], { error: NOT_A_TIME.code }),
    condition: (_value, parameter) => side === "since" ? gte(column, parameter) : lte(column, parameter),
    toParameter: (value) => value.includes("T") ? value : value + rest,
    shapeOf: () => "",
  };
}

function equalToEach(words: readonly (string | number)[], column: Column): Record<string, SQL> {
  return Object.fromEntries(words.map((word) => [word, eq(column, word)]));
}

/** One of a few words. The error message lists them. */
export function oneOf<Word extends string>(words: readonly Word[]): z.ZodEnum<{ [Each in Word]: Each }> {
  return z.enum(words, {
    error: ({ code }) => code === "invalid_value" ? NOT_A_CHOICE.code : undefined,
  });
}
