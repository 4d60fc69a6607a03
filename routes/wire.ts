// Converts between src, whose fields are camelCase, and JSON, forms and URLs, whose fields are snake_case. A field's own
// schema doesn't change, so its checks, messages and documentation are the same on both sides.
import { z } from "zod";
import { invalid } from "../src/errors.ts";
import { fieldProblems } from "../src/platform/input.ts";

/** A value that `toWire` accepts: dates in place of text, and extra fields that are not sent. */
export type Sendable<Value> = Value extends string ? Value | Date
  : Value extends readonly (infer Item)[] ? readonly Sendable<Item>[]
  : Value extends object ? { readonly [Name in keyof Value]: Sendable<Value[Name]> }
  : Value;

const schemas = new WeakMap<z.ZodType, z.ZodType>();
const descriptions = new WeakMap<z.ZodType, (wire: z.ZodObject) => z.ZodObject>();

/** The schema with snake_case names. Enum values that are names, such as sort keys, change too. */
export function wireSchema<Schema extends z.ZodType>(
  schema: Schema,
): Schema extends z.ZodObject ? z.ZodObject : z.ZodType {
  const known = schemas.get(schema) ?? describedSchema(schema);
  schemas.set(schema, known);
  return known as Schema extends z.ZodObject ? z.ZodObject : z.ZodType;
}

/** Documents the schema's wire form, which is made at its first use. */
export function describeWire<Schema extends z.ZodObject>(
  schema: Schema,
  describe: (wire: z.ZodObject) => z.ZodObject,
): void {
  descriptions.set(schema, describe);
}

/** Parses sent values. Throws `invalid` with the first message for each field. */
export function readWire<Schema extends z.ZodType>(schema: Schema, sent: unknown): z.output<Schema> {
  const parsed = parseWire(schema, sent);
  if (parsed.success) return parsed.data;
  throw invalid(fieldProblems(parsed.error));
}

export type Parsed<Data> = { success: true; data: Data } | { success: false; error: z.ZodError };

/** Parses sent values. Errors use the field names that were sent. */
export function parseWire<Schema extends z.ZodType>(schema: Schema, sent: unknown): Parsed<z.output<Schema>> {
  const parsed = wireSchema(schema).safeParse(sent);
  return parsed.success ? { success: true, data: fromWire(schema, parsed.data) } : parsed;
}

/** Renames the fields of a value that `wireSchema(schema)` has parsed to camelCase. */
export function fromWire<Schema extends z.ZodType>(schema: Schema, parsed: unknown): z.output<Schema> {
  return rename(schema, parsed, FROM_WIRE) as z.output<Schema>;
}

/** Converts a value to JSON. Leaves out fields that the schema doesn't name. */
export function toWire<Schema extends z.ZodType>(schema: Schema, value: Sendable<z.output<Schema>>): unknown {
  return rename(schema, value, TO_WIRE);
}

/** Renames the fields of errors to snake_case. */
export function wireErrors<Said>(fields: Record<string, Said>): Record<string, Said> {
  return Object.fromEntries(Object.entries(fields).map(([name, said]) => [snakeCase(name), said]));
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[a-z0-9](?=[A-Z])/g, "$&_").toLowerCase();
}

function describedSchema(schema: z.ZodType): z.ZodType {
  const describe = descriptions.get(schema);
  return describe && schema instanceof z.ZodObject ? describe(renameFields(schema)) : renameSchema(schema);
}

/** Returns a schema whose names don't change as it is, with its documentation. */
function renameSchema(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return hasNewNames(schema) ? renameFields(schema) : schema;
  if (schema instanceof z.ZodEnum) return hasNewWords(schema) ? renameWords(schema) : schema;
  if (schema instanceof z.ZodArray) {
    const inner = wireSchema(element(schema));
    return inner === element(schema) ? schema : schema.clone({ ...schema.def, element: inner });
  }
  if (schema instanceof z.ZodUnion) {
    return schema.clone({ ...schema.def, options: optionsOf(schema).map(wireSchema) });
  }
  return isWrapper(schema) ? renameWrapped(schema) : schema;
}

function hasNewNames({ shape }: z.ZodObject): boolean {
  return Object.entries(shape as Shape)
    .some(([name, field]) => snakeCase(name) !== name || wireSchema(field) !== field);
}

/** Throws if the schema checks the whole object: the check would read the fields' camelCase names. */
function renameFields(schema: z.ZodObject): z.ZodObject {
  if (schema.def.checks?.length) throw new Error("Check the fields of an input, or check the whole in src.");
  const shape = Object.entries(schema.shape as Shape)
    .map(([name, field]) => [snakeCase(name), wireSchema(field)]);
  return schema.clone({ ...schema.def, shape: Object.fromEntries(shape) });
}

function hasNewWords({ options }: z.ZodEnum): boolean {
  return options.some((word) => snakeCase(String(word)) !== word);
}

function renameWords(schema: z.ZodEnum): z.ZodType {
  const words = schema.options.map((word) => [snakeCase(String(word)), snakeCase(String(word))]);
  return schema.clone({ ...schema.def, entries: Object.fromEntries(words) });
}

function renameWrapped(schema: Wrapper): z.ZodType {
  const inner = schema.def.innerType as z.ZodType;
  const innerType = wireSchema(inner);
  if (innerType === inner) return schema;
  if (!(schema instanceof z.ZodDefault)) return schema.clone({ ...schema.def, innerType } as never);
  const defaultValue = rename(inner, schema.def.defaultValue, TO_WIRE);
  return schema.clone({ ...schema.def, innerType, defaultValue });
}

type Shape = Record<string, z.ZodType>;
type Wrapper = z.ZodOptional | z.ZodNullable | z.ZodDefault;

type Convert = (value: unknown) => unknown;

/** The conversion of names in one direction. Each schema's conversion is made once. */
type Renaming = {
  /** The name of a field before and after. */
  names(name: string): { from: string; to: string };
  conversions: WeakMap<z.ZodType, Convert>;
};

const TO_WIRE: Renaming = {
  names: (name) => ({ from: name, to: snakeCase(name) }),
  conversions: new WeakMap(),
};

const FROM_WIRE: Renaming = {
  names: (name) => ({ from: snakeCase(name), to: name }),
  conversions: new WeakMap(),
};

function rename(schema: z.ZodType, value: unknown, renaming: Renaming): unknown {
  return conversionOf(schema, renaming)(value);
}

function conversionOf(schema: z.ZodType, renaming: Renaming): Convert {
  const known = renaming.conversions.get(schema) ?? withDates(convert(schema, renaming), renaming);
  renaming.conversions.set(schema, known);
  return known;
}

function withDates(converted: Convert, renaming: Renaming): Convert {
  if (renaming === FROM_WIRE) return converted;
  return (value) => value instanceof Date ? value.toISOString() : converted(value);
}

function convert(schema: z.ZodType, renaming: Renaming): Convert {
  if (isWrapper(schema)) return conversionOf(schema.def.innerType as z.ZodType, renaming);
  if (schema instanceof z.ZodEnum) return convertWord(schema, renaming);
  if (schema instanceof z.ZodObject) return convertObject(schema, renaming);
  if (schema instanceof z.ZodUnion) {
    return (value) => conversionOf(optionFor(schema, value), renaming)(value);
  }
  if (schema instanceof z.ZodArray) {
    const item = conversionOf(element(schema), renaming);
    return (value) => Array.isArray(value) ? value.map((each) => item(each)) : value;
  }
  return (value) => value;
}

function convertWord({ options }: z.ZodEnum, { names }: Renaming): Convert {
  const words = new Map<unknown, unknown>(options.map((word) => {
    const { from, to } = names(String(word));
    return [from, to];
  }));
  return (value) => words.get(value) ?? value;
}

function convertObject({ shape }: z.ZodObject, renaming: Renaming): Convert {
  const fields = Object.entries(shape as Shape).map(([name, field]) => ({
    ...renaming.names(name),
    convertField: conversionOf(field, renaming),
  }));
  return (value) => {
    if (!isObject(value)) return value;
    const renamed: Record<string, unknown> = {};
    for (const { from, to, convertField } of fields) {
      if (from in value) renamed[to] = convertField(value[from]);
    }
    return renamed;
  };
}

function optionsOf(schema: z.ZodUnion): z.ZodType[] {
  return [...schema.options] as z.ZodType[];
}

/** The object among a union's options that has all of the value's fields. */
function optionFor(schema: z.ZodUnion, value: unknown): z.ZodType {
  const [first, ...others] = optionsOf(schema);
  const fits = (option: z.ZodType) =>
    option instanceof z.ZodObject && isObject(value) &&
    Object.keys(option.shape).every((name) => name in value);
  return others.find(fits) ?? first!;
}

function element(schema: z.ZodArray): z.ZodType {
  return schema.element as z.ZodType;
}

function isWrapper(schema: z.ZodType): schema is Wrapper {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
