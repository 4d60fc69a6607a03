/** Finds what in a new version of a schema breaks the clients that send its values, or that receive them. */

export type Json = { [name: string]: unknown };
export type OpenApi = { paths?: Record<string, Json>; webhooks?: Record<string, Json>; components?: Json };

/** A schema that clients send may not get narrower; one that they receive may not get wider. */
export type Direction = "sent" | "received";
export type Sides = { before: OpenApi; after: OpenApi };
export type Pair = { before: Json; after: Json };

/** Parts of a schema that allow less when they grow, and those that allow more. */
const LOWER_BOUNDS = ["minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"];
const UPPER_BOUNDS = ["maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"];

/** The type of a schema that names none. */
const ANYTHING = "anything";

/** One line for each change that breaks a client. `where` names the value, such as `the body`. */
export function schemaChanges(
  sides: Sides,
  { before, after }: Pair,
  direction: Direction,
  where: string,
): string[] {
  const [old, now] = [variantsOf(sides.before, before), variantsOf(sides.after, after)];
  const [narrowed, allowed] = direction === "sent" ? [old, now] : [now, old];
  return [
    ...typeChanges(old, now, direction, where),
    ...narrowed.flatMap((variant) => {
      const pairs = allowed.filter((other) => !isOtherKind(variant, other)).map((other) =>
        direction === "sent" ? { before: variant, after: other } : { before: other, after: variant }
      );
      if (pairs.length === 0) return kindChanges(variant, allowed, direction, where);
      return fewest(pairs.map((pair) => variantChanges(sides, pair, direction, where)));
    }),
  ];
}

/** The schema, parameter or response itself if `part` is a reference to it. */
export function resolve(document: OpenApi, part: Json): Json {
  if (typeof part.$ref !== "string") return part;
  const path = part.$ref.replace("#/", "").split("/");
  const found = path.reduce<unknown>((inner, name) => (inner as Json)[name], document);
  return resolve(document, found as Json);
}

/** The forms that a value can have: one schema for each choice of `anyOf` or `oneOf`, and for each type. */
function variantsOf(document: OpenApi, schema: Json): Json[] {
  const { anyOf, oneOf, ...own } = withParts(document, schema);
  const choices = [anyOf ?? oneOf].flat().filter((choice) => choice !== undefined) as Json[];
  if (choices.length > 0) {
    return choices.flatMap((choice) => variantsOf(document, { allOf: [own, choice] }));
  }
  return typesOf(own).map((type) => type === ANYTHING ? own : type === "null" ? { type } : { ...own, type });
}

/** The schema with the parts of its `allOf` in it. */
function withParts(document: OpenApi, schema: Json): Json {
  const { allOf, ...own } = resolve(document, schema);
  const parts = (allOf ?? []) as Json[];
  return [...parts.map((part) => withParts(document, part)), own].reduce((merged, part) => ({
    ...merged,
    ...part,
    ...(merged.properties || part.properties
      ? { properties: { ...fieldsOf(merged), ...fieldsOf(part) } }
      : {}),
    ...(merged.required || part.required ? { required: [...requiredOf(merged), ...requiredOf(part)] } : {}),
  }));
}

function typeChanges(before: Json[], after: Json[], direction: Direction, where: string): string[] {
  const [old, now] = [before.flatMap(typesOf), after.flatMap(typesOf)];
  const [narrowed, allowed] = direction === "sent" ? [old, now] : [now, old];
  const lost = allowed.includes(ANYTHING) ? [] : narrowed.filter((type) => !allowed.includes(type));
  const change = (type: string) =>
    direction === "sent" ? `can't be ${type} any longer` : `can be ${type} now`;
  return [...new Set(lost)].map((type) => `${where} ${change(type)}`);
}

function typesOf({ type = ANYTHING }: Json): string[] {
  return [type].flat() as string[];
}

/** Whether no value fits both: they have other types, or a field tells them apart. */
function isOtherKind(one: Json, other: Json): boolean {
  const types = [one, other].map((schema) => typesOf(schema)[0]!);
  if (!types.includes(ANYTHING) && types[0] !== types[1]) return true;
  return Object.entries(fieldsOf(one)).some(([name, field]) => {
    const [choices, others] = [choicesOf(field), choicesOf(fieldsOf(other)[name] ?? {})];
    return choices && others && !choices.some((choice) => others.includes(choice));
  });
}

/** A new kind in a response breaks nobody, like a new value. */
function kindChanges(variant: Json, others: Json[], direction: Direction, where: string): string[] {
  const isOfKnownType = others.flatMap(typesOf).includes(typesOf(variant)[0]!);
  if (direction === "received" || !isOfKnownType) return [];
  const marks = Object.entries(fieldsOf(variant)).flatMap(([name, field]) => {
    const [choice, ...others] = choicesOf(field) ?? [];
    return choice === undefined || others.length > 0 ? [] : [`the ${name} "${choice}"`];
  });
  return [`${where} can't have ${marks.join(" and ") || "one of its forms"} any longer`];
}

function fewest(changes: string[][]): string[] {
  return changes.reduce((least, each) => each.length < least.length ? each : least);
}

function variantChanges(sides: Sides, pair: Pair, direction: Direction, where: string): string[] {
  return [
    ...formatChanges(pair, direction, where),
    ...(direction === "sent" ? boundChanges(pair, where) : []),
    ...enumChanges(pair, direction, where),
    ...fieldChanges(sides, pair, direction, where),
    ...furtherFieldChanges(sides, pair, direction, where),
    ...innerChanges(sides, pair, "propertyNames", direction, `a name in ${where}`),
    ...innerChanges(sides, pair, "items", direction, `an item of ${where}`),
  ];
}

function formatChanges({ before, after }: Pair, direction: Direction, where: string): string[] {
  const [narrower, wider] = direction === "sent" ? [after, before] : [before, after];
  const isKept = narrower.format === undefined || narrower.format === wider.format;
  return isKept ? [] : [`${where} has another format`];
}

function boundChanges({ before, after }: Pair, where: string): string[] {
  const raised = LOWER_BOUNDS.filter((name) =>
    Number(after[name] ?? -Infinity) > Number(before[name] ?? -Infinity)
  );
  const lowered = UPPER_BOUNDS.filter((name) =>
    Number(after[name] ?? Infinity) < Number(before[name] ?? Infinity)
  );
  const isPatterned = after.pattern !== undefined && after.pattern !== before.pattern;
  return [
    ...[...raised, ...lowered].map((name) => `${where} has a stricter ${name}`),
    ...(isPatterned ? [`${where} has another pattern`] : []),
  ];
}

/** Clients must accept values that they don't know, so a new value in a response breaks nobody. */
function enumChanges({ before, after }: Pair, direction: Direction, where: string): string[] {
  const [old, now] = [choicesOf(before), choicesOf(after)];
  if (direction === "received" || !now) return [];
  if (!old) return [`${where} takes only some values now`];
  return old.filter((value) => !now.includes(value)).map((value) =>
    `${where} can't be "${value}" any longer`
  );
}

function choicesOf(schema: Json): unknown[] | undefined {
  return "const" in schema ? [schema.const] : schema.enum as unknown[] | undefined;
}

function fieldChanges(sides: Sides, { before, after }: Pair, direction: Direction, where: string): string[] {
  const now = fieldsOf(after);
  const kept = Object.entries(fieldsOf(before)).flatMap(([name, schema]) => {
    const field = `the field "${name}" of ${where}`;
    const current = now[name];
    if (!current) return [`${field} is gone`];
    return schemaChanges(sides, { before: schema, after: current }, direction, field);
  });
  const [from, to] = direction === "sent" ? [after, before] : [before, after];
  const changed = requiredOf(from).filter((name) =>
    !requiredOf(to).includes(name) && (direction === "sent" || name in now)
  );
  const verb = direction === "sent" ? "is required now" : "may be missing now";
  return [...kept, ...changed.map((name) => `the field "${name}" of ${where} ${verb}`)];
}

function fieldsOf({ properties = {} }: Json): Record<string, Json> {
  return properties as Record<string, Json>;
}

function requiredOf({ required = [] }: Json): string[] {
  return required as string[];
}

/** Changes to `additionalProperties`. */
function furtherFieldChanges(sides: Sides, pair: Pair, direction: Direction, where: string): string[] {
  const [old, now] = [pair.before.additionalProperties, pair.after.additionalProperties];
  const isNarrowed = direction === "sent" ? old !== false : typeof old === "object";
  if (!isNarrowed || (old === undefined && now === undefined)) return [];
  if (now === false) return [`${where} has no further fields any longer`];
  const schemas = { before: schemaOf(old), after: schemaOf(now) };
  return schemaChanges(sides, schemas, direction, `a further field of ${where}`);
}

function innerChanges(
  sides: Sides,
  { before, after }: Pair,
  keyword: "items" | "propertyNames",
  direction: Direction,
  where: string,
): string[] {
  if (!before[keyword] && !after[keyword]) return [];
  const schemas = { before: schemaOf(before[keyword]), after: schemaOf(after[keyword]) };
  return schemaChanges(sides, schemas, direction, where);
}

/** The schema that a keyword contains. An absent one allows anything. */
function schemaOf(value: unknown): Json {
  return typeof value === "object" ? value as Json : {};
}
