import { type FieldCode, type FieldContext, TYPES } from "./field_types.ts";
import { demoOf, demoRowOf, guideOf } from "./field_samples.ts";
import type { Field, FieldType } from "./fields.ts";

/** Everything that a field adds to its resource. */
export function codeOf(context: FieldContext): FieldCode {
  const { field, target, isListed } = context;
  const { key, column, words, title, isOptional, type } = field;
  const value = `sampleThing.${key}`;
  const code = TYPES[type](context);
  const isNullable = isOptional && type !== "text" && type !== "longtext";
  const or = (text: string, other: string) => isNullable ? `${value} === null ? ${other} : ${text}` : text;
  const isMarkup = (text: string) => text.startsWith("<");
  const braced = (text: string) => isMarkup(text) && !isNullable ? text : `{${or(text, "null")}}`;
  const sample = type === "ref" ? undefined : code.sample;
  return {
    schema: `${key}: ${code.column}${isNullable ? "" : ".notNull()"}${defaultOf(field)},`,
    sent: `${key}: ${code.sent}${isNullable ? ".nullable()" : ""},`,
    sentWire: `${column}: ${code.sent}${isNullable ? ".nullable()" : ""},`,
    sentOf: `${column}: ${value},`,
    sample: `${key}: ${code.sample},`,
    sampleWire: `${column}: ${code.sample},`,
    example: isOptional ? undefined : `${key}: ${code.sample},`,
    input: `${key}: ${code.input}${isNullable ? ".nullable()" : ""},`,
    inputDefault: inputDefaultOf(field),
    problem: code.problem,
    withoutValues: type === "longtext" ? `"${key}",` : undefined,
    read: `${key}: ${code.read},`,
    write: `${column}: ${code.write},`,
    control: code.control,
    label: `${key}: ${JSON.stringify(title)},`,
    fieldName: `${key}: ${JSON.stringify(words)},`,
    csv: `{ heading: ${JSON.stringify(title)}, cell: (sampleThing) => ${csvOf(context)} },`,
    fact: key === "name"
      ? undefined
      : `{ term: labels.${key}, value: ${factOf(field, code.fact ?? code.shown, or)} },`,
    head: isListed ? `{ label: labels.${key}${code.atEnd ? ", atEnd: true" : ""} },` : undefined,
    cell: isListed ? `<RowCell${code.atEnd ? " atEnd" : ""}>${braced(code.shown)}</RowCell>` : undefined,
    detail: isListed ? detailOf(type, braced, code.shown) : undefined,
    testInput: sample && `${column}: ${sample},`,
    testChange: sample && column !== "name" && !isNullable ? `${column}: ${code.other},` : undefined,
    testReference: target ? `${column}: await sampleRow(acme.ctx, "${field.target}"),` : undefined,
    testWrong: code.wrong &&
      `[${JSON.stringify(`a wrong ${words}`)}, { ${column}: ${code.wrong} }, "${column}"],`,
    testForm: sample && `${column}: ${code.typed ?? code.sample},`,
    demo: demoOf(field),
    demoId: target ? demoRowOf(field, target) : undefined,
    demoImport: target
      ? `import { ${target.table} } from "../../db/tenant/schema/${target.file}";`
      : undefined,
    guide: guideOf(context),
    testNull: isNullable ? `${column}: null,` : undefined,
    ...code.pieces,
  };
}

function detailOf(type: FieldType, braced: (text: string) => string, shown: string): string | undefined {
  if (type === "boolean") return undefined; // A check mark says nothing without its heading.
  return `<span class="line-clamp-1 wrap-anywhere empty:hidden">${braced(shown)}</span>`;
}

function factOf({ type }: Field, shown: string, or: (text: string, other: string) => string): string {
  if (type === "text" || type === "longtext") return shown;
  return or(shown, "<NotSet />");
}

function defaultOf({ type, isOptional, choices }: Field): string {
  if (isOptional) return type === "text" || type === "longtext" ? '.default("")' : "";
  if (type === "boolean") return ".default(false)";
  return type === "choice" ? `.default("${choices[0]}")` : "";
}

/** A field that a new row may lack. */
function inputDefaultOf({ type, key, isOptional, choices }: Field): string | undefined {
  if (isOptional) {
    return `${key}: fields.${key}.default(${type === "text" || type === "longtext" ? '""' : "null"}),`;
  }
  if (type === "boolean") return `${key}: fields.${key}.default(false),`;
  return type === "choice" ? `${key}: fields.${key}.default("${choices[0]}"),` : undefined;
}

function csvOf({ field: { type, key, isOptional } }: FieldContext): string {
  const value = `sampleThing.${key}`;
  if (type === "ref") return `sampleThing.${key.replace(/Id$/, "Name")}`;
  if (type === "boolean") return isOptional ? `writeYesNo(${value}) ?? null` : `writeYesNo(${value})!`;
  return type === "cents" ? `writeCents(${value}) ?? null` : value;
}
