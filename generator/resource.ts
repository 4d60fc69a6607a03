import { codeOf } from "./field_code.ts";
import type { FieldCode } from "./field_types.ts";
import { type Field, type FieldType, parseFields } from "./fields.ts";
import { type Noun, noun, requireSnakeCase, singularOf } from "./names.ts";
import { refuse } from "./refusal.ts";
import { isReservedWord } from "./reserved_words.ts";
import { findTarget, type Target } from "./targets.ts";
import type { Filling } from "./template.ts";

/** The fields that the list shows between the name and the time of the last change. */
const LISTED_FIELDS = 3;
/** The types that say most about a row in a list. Long texts have no place there. */
const LISTED_TYPES: readonly FieldType[] = [
  ...["choice", "cents", "date", "ref", "number", "boolean", "text", "email", "url"] as const,
];

export type Names = { several: Noun; one: Noun };

/** The names of a resource: its plural, and its singular if that is irregular. */
export function namesOf(plural: string, singular?: string): Names {
  requireSnakeCase(plural, "a resource");
  if (singular !== undefined) requireSnakeCase(singular, "one of a resource");
  const names = { several: noun(plural), one: noun(singular ?? singularOf(plural)) };
  if (names.several.snake === names.one.snake) {
    refuse(`The plural and the singular of ${plural} must differ.`);
  }
  for (const { snake } of Object.values(names)) {
    if (isReservedWord(snake)) {
      refuse(`"${snake}" is a reserved word of SQL or TypeScript. Choose another name.`);
    }
  }
  return names;
}

/** Parses what was typed: `quotes name:text due_date:date?`. */
export async function fillingOf(
  root: URL,
  names: Names,
  declarations: readonly string[],
): Promise<{ filling: Filling; fields: Field[] }> {
  const fields = parseFields(declarations);
  const listed = fields.filter(({ column, type }) => column !== "name" && LISTED_TYPES.includes(type))
    .toSorted((one, other) => LISTED_TYPES.indexOf(one.type) - LISTED_TYPES.indexOf(other.type))
    .slice(0, LISTED_FIELDS);
  const codes: FieldCode[] = [];
  for (const field of fields) {
    const target: Target | null = field.target ? await findTarget(root, field.target) : null;
    codes.push(codeOf({ field, target, resource: names.one, isListed: listed.includes(field) }));
  }
  const tabs = fields.find(({ type, isOptional }) => type === "choice" && !isOptional);
  const detail = fields.find(({ type, column }) =>
    column !== "name" && (type === "text" || type === "longtext")
  );
  const references = fields.some(({ type }) => type === "ref");
  return {
    fields,
    filling: {
      ...names,
      fields: codes,
      has: {
        tabs: tabs !== undefined,
        references,
        choices: fields.some(({ type }) => type === "choice"),
        rowText: listed.some(({ type }) => type === "choice" || type === "ref"),
        notSet: fields.some(({ isOptional }) => isOptional),
      },
      values: {
        tabs: tabs?.key ?? "",
        tabsColumn: tabs?.column ?? "",
        searchDetail: detail ? `sampleThings.${detail.key}` : "sql<string>`''`",
        await: references ? "await " : "",
      },
    },
  };
}
