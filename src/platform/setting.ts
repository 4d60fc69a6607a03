import { z } from "zod";
import { SECOND } from "./clock.ts";

/** An environment variable: how its text is parsed, and how it is documented. */
export type Setting<Value = unknown> = Description & {
  name: string;
  parse: z.ZodType<Value, string>;
  /** The text to use if the variable is not set. */
  default?: string;
};

type Description = {
  group: string;
  /** One or two sentences, with code in backticks. */
  description: string;
  /** The documented behavior if the variable is not set, unless the default says enough. */
  unset?: string;
  /** An example value for the documentation. */
  example?: string;
  /** The page of docs/admin that explains it. */
  guide?: string;
  /** Whether the README lists it as well. */
  essential?: true;
  /** Whether its value is never printed. */
  secret?: true;
  /** The platform that sets it, if operators don't. */
  setBy?: string;
};

export type Settings = Record<string, Setting>;

export type SettingValues<Table extends Settings> = {
  [Field in keyof Table]: Table[Field] extends Setting<infer Value> ? Value : never;
};

type Parser<Value> = { parse: z.ZodType<Value, string> };

/** Declares a setting. Without a default, its value is undefined if the variable is not set. */
export function setting<Value>(
  name: string,
  options: Description & Parser<Value> & { default: string },
): Setting<Value>;
export function setting<Value>(
  name: string,
  options: Description & Parser<Value> & { default?: never; unset: string },
): Setting<Value | undefined>;
export function setting<Value>(
  name: string,
  options: Description & Parser<Value> & { default?: string },
): Setting<Value | undefined> {
  return { name, ...options };
}

/** Returns the value of every setting, or one line per invalid variable. An empty variable counts as unset. */
export function readSettings<Table extends Settings>(
  table: Table,
  variables: Record<string, string | undefined>,
): { values: SettingValues<Table> } | { problems: string[] } {
  const results = Object.entries(table).map(([field, { name, parse, default: fallback }]) => {
    const text = variables[name] || fallback;
    return { field, name, result: text === undefined ? undefined : parse.safeParse(text) };
  });
  const problems = results.flatMap(({ name, result }) =>
    result?.error?.issues.map(({ message }) => `${name}: ${message}`) ?? []
  );
  if (problems.length > 0) return { problems };
  const values = results.map(({ field, result }) => [field, result?.data]);
  return { values: Object.fromEntries(values) as SettingValues<Table> };
}

/** A whole number in decimal digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  return z.string().transform((text, problems) => {
    const number = Number(text);
    if (/^\s*\d+\s*$/.test(text) && number >= min && number <= max) return number;
    problems.addIssue(`must be a whole number from ${min} to ${max}`);
    return z.NEVER;
  });
}

export function oneOf<const Name extends string>(...names: [Name, Name, ...Name[]]): z.ZodType<Name, string> {
  const error = `must be ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return z.string().refine((text): text is Name => names.some((name) => name === text), { error });
}

/** Seconds in decimal digits, such as `1.5`. The value is in milliseconds. */
export function seconds(min: number, max: number): z.ZodType<number, string> {
  return z.string().transform((text, problems) => {
    const number = Number(text);
    if (/^\s*\d+(\.\d+)?\s*$/.test(text) && number >= min && number <= max) return number * SECOND;
    problems.addIssue(`must be a number of seconds from ${min} to ${max}`);
    return z.NEVER;
  });
}

/** As Deno spells the variables that it reads itself. */
export const trueOrFalse: z.ZodType<boolean, string> = oneOf("true", "false").transform((text) =>
  text === "true"
);

/** `1` for yes, `0` for no. */
export function flag(): z.ZodType<boolean, string> {
  return oneOf("0", "1").transform((text) => text === "1");
}

export function textOfLength(min: number): z.ZodType<string, string> {
  return z.string().min(min, `must have at least ${min} characters`);
}
