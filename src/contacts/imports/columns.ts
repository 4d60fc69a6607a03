import type { z } from "zod";
import { problemOf } from "../../platform/input.ts";
import type { Problem } from "../../platform/problem.ts";
import {
  contactEmail,
  contactName,
  externalId,
  fieldValue,
  isFieldKey,
  MAX_FIELDS,
  tag,
  TAG_SEPARATOR,
} from "../contact.ts";

/** What a column of a file holds: `email`, `name`, `external_id`, `tags`, `field:` and a field's key, or nothing to import. */
export type ColumnMeaning = string;
export const IGNORED = "ignore";
export const OWN_MEANINGS = ["email", "name", "external_id", "tags"] as const;

export type ReadRow = {
  email: string;
  name: string;
  externalId: string | null;
  tags: string[];
  fields: Record<string, string>;
  /** What is wrong with a cell, and the index of its column. */
  problem: { problem: Problem; column: number } | null;
};

const GUESSES: [meaning: string, heading: RegExp][] = [
  ["email", /^(e-?mail|mail|(e-?mail|mail)[ _-]?(address|adresse)|correo|courriel)$/],
  ["name", /^((full|display|contact)[ _-]?name|name|nombre|nom)$/],
  ["external_id", /^(id|(external|user|customer|contact|kunden)[ _-]?(id|nr|no))$/],
  ["tags", /^(tags?|labels?|groups?)$/],
];

/** What each column probably holds, by its heading. Without a heading for addresses, by the first row with one. */
export function guessColumns(headings: string[], sample: string[]): ColumnMeaning[] {
  const taken = new Set<string>();
  const take = (meaning: string) => {
    if (taken.has(meaning)) return IGNORED;
    taken.add(meaning);
    return meaning;
  };
  const columns = headings.map((heading) => take(guess(heading)));
  const fallback = sample.findIndex((cell) => contactEmail.safeParse(cell).success);
  if (!taken.has("email") && fallback >= 0) columns[fallback] = "email";
  return withinLimits(columns);
}

/** Whether the meanings make sense together: each at most once, and fields with usable keys. */
export function readColumns(meanings: string[]): ColumnMeaning[] {
  const taken = new Set<string>();
  const columns = meanings.map((meaning) => {
    if (!isMeaning(meaning) || taken.has(meaning)) return IGNORED;
    taken.add(meaning);
    return meaning;
  });
  return withinLimits(columns);
}

/** The key of the field for a heading; null if none of its characters fits. */
export function fieldKeyFor(heading: string): string | null {
  const key = heading.normalize("NFKD").toLowerCase().replaceAll(/\p{M}/gu, "").replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "").slice(0, 40);
  if (isFieldKey(key)) return key;
  return key && isFieldKey(`${key}_field`) ? `${key}_field` : null;
}

/** A row as its columns say. Spaces around cells don't count, and empty cells say nothing. */
export function readRow(columns: ColumnMeaning[], cells: string[]): ReadRow {
  const row: ReadRow = { email: "", name: "", externalId: null, tags: [], fields: {}, problem: null };
  const read = <Schema extends z.ZodType>(schema: Schema, cell: string, column: number) => {
    const parsed = schema.safeParse(cell);
    if (parsed.success) return parsed.data as string;
    row.problem ??= { problem: problemOf(parsed.error.issues[0]!), column };
    return "";
  };
  columns.forEach((meaning, column) => {
    const cell = cells[column]?.trim() ?? "";
    if (meaning === "email") row.email = read(contactEmail, cell, column);
    if (cell === "" || meaning === IGNORED) return;
    if (meaning === "name") row.name = read(contactName, cell, column);
    if (meaning === "external_id") row.externalId = read(externalId, cell, column) || null;
    if (meaning === "tags") row.tags = tagsIn(cell).map((each) => read(tag, each, column));
    if (meaning.startsWith("field:")) row.fields[keyOf(meaning)] = read(fieldValue, cell, column);
  });
  return row;
}

export function tagsIn(text: string): string[] {
  return [
    ...new Set(
      text.split(TAG_SEPARATOR).map((each) => each.trim().toLowerCase()).filter((each) => each !== ""),
    ),
  ];
}

export function keyOf(meaning: ColumnMeaning): string {
  return meaning.slice("field:".length);
}

function guess(heading: string): ColumnMeaning {
  const words = heading.trim().toLowerCase();
  const known = GUESSES.find(([, pattern]) => pattern.test(words));
  if (known) return known[0];
  const key = fieldKeyFor(heading);
  return key ? `field:${key}` : IGNORED;
}

function isMeaning(meaning: string): boolean {
  if (meaning.startsWith("field:")) return isFieldKey(keyOf(meaning));
  return OWN_MEANINGS.some((own) => own === meaning);
}

/** Ignores columns beyond the most fields that a contact can have. */
function withinLimits(columns: ColumnMeaning[]): ColumnMeaning[] {
  const fields = columns.filter((meaning) => meaning.startsWith("field:"));
  const extra = new Set(fields.slice(MAX_FIELDS));
  return columns.map((meaning) => extra.has(meaning) ? IGNORED : meaning);
}
