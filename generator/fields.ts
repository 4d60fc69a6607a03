import { noun, requireSnakeCase } from "./names.ts";
import { refuse } from "./refusal.ts";
import { isReservedWord } from "./reserved_words.ts";

export const FIELD_TYPES = [
  "text",
  "longtext",
  "number",
  "cents",
  "date",
  "boolean",
  "choice",
  "email",
  "url",
  "ref",
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** A field of a resource, as `due_date:date?` declares it. */
export type Field = {
  type: FieldType;
  isOptional: boolean;
  /** The name in the database, the API and forms: `due_date`, or `customer_id` for a reference. */
  column: string;
  /** The name in code: `dueDate`. */
  key: string;
  /** What people call it: `due date`. */
  words: string;
  /** `Due date`. */
  title: string;
  /** The values of a choice. */
  choices: string[];
  /** The resource that a reference leads to: `contacts`. Empty for other types. */
  target: string;
};

const DECLARATION = /^(?<name>[^:]+):(?<type>[a-z_]+)(?:\((?<arguments>[^()]*)\))?(?<optional>\?)?$/;
/** What every resource has, and what its list and its forms use. */
const TAKEN = new Set([
  ...["id", "version", "created_at", "updated_at", "search", "sort", "limit", "cursor", "form_key", "all"],
]);
const MAX_FIELDS = 30;
const MAX_CHOICES = 20;

/** Parses declarations such as `name:text` and `status:choice(draft|sent)`. The first problem is a `Refusal`. */
export function parseFields(declarations: readonly string[]): Field[] {
  if (declarations.length > MAX_FIELDS) refuse(`A resource can have ${MAX_FIELDS} fields at most.`);
  const fields = declarations.map(parseField);
  for (const { column } of fields) {
    if (fields.filter((other) => other.column === column).length > 1) {
      refuse(`The field ${column} is there twice.`);
    }
  }
  const name = fields.find(({ column }) => column === "name");
  if (name?.type !== "text" || name.isOptional) {
    refuse("Add the field name:text. Lists, search and the history show it.");
  }
  return [name, ...fields.filter((field) => field !== name)];
}

function parseField(declaration: string): Field {
  const { name, type, arguments: list, optional } = DECLARATION.exec(declaration)?.groups ?? {};
  if (!name || !type) {
    refuse(
      `"${declaration}" isn't a field. Write name:type, and name:type? for an optional field: due_date:date?`,
    );
  }
  requireSnakeCase(name, "a field");
  if (!isFieldType(type)) {
    refuse(`The field ${name} has the unknown type ${type}. The types are ${typesInWords()}.`);
  }
  const takesList = type === "choice" || type === "ref";
  if (takesList !== (list !== undefined)) refuse(`Write the field ${name} as ${exampleOf(name, type)}.`);
  const column = type === "ref" ? `${name}_id` : name;
  if (TAKEN.has(column) || TAKEN.has(name)) {
    refuse(`Every resource has or uses "${name}". Choose another name.`);
  }
  if (isReservedWord(name)) {
    refuse(`"${name}" is a reserved word of SQL or TypeScript. Choose another name for the field.`);
  }
  const { words, title } = noun(name);
  return {
    type,
    isOptional: optional !== undefined,
    column,
    key: noun(column).camel,
    words,
    title,
    choices: type === "choice" ? parseChoices(name, list!) : [],
    target: type === "ref" ? list! : "",
  };
}

function parseChoices(name: string, list: string): string[] {
  const choices = list.split("|");
  for (const choice of choices) requireSnakeCase(choice, `a choice of ${name}`);
  if (choices.length < 2 || choices.length > MAX_CHOICES || new Set(choices).size < choices.length) {
    refuse(`Give the field ${name} 2 to ${MAX_CHOICES} different choices: ${exampleOf(name, "choice")}.`);
  }
  if (choices.includes("all")) refuse(`"all" stands for no filter. Choose another choice of ${name}.`);
  return choices;
}

function isFieldType(type: string): type is FieldType {
  return FIELD_TYPES.some((known) => known === type);
}

function exampleOf(name: string, type: FieldType): string {
  if (type === "choice") return `${name}:choice(draft|sent)`;
  return type === "ref" ? `${name}:ref(contacts)` : `${name}:${type}`;
}

function typesInWords(): string {
  return FIELD_TYPES.map((type) => exampleOf("", type).slice(1)).join(", ");
}
