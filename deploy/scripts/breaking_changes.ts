/** Finds what in a new version of an OpenAPI document breaks clients of the old one. */

type Json = { [name: string]: unknown };
export type OpenApi = { paths?: Record<string, Json>; components?: Json };

/** A schema that clients send may not get narrower; one that they receive may not get wider. */
type Direction = "sent" | "received";
type Sides = { before: OpenApi; after: OpenApi };
type Pair = { before: Json; after: Json };

/** Parts of a schema that allow less when they grow, and those that allow more. */
const LOWER_BOUNDS = ["minLength", "minimum", "exclusiveMinimum", "minItems"];
const UPPER_BOUNDS = ["maxLength", "maximum", "exclusiveMaximum", "maxItems"];

/** One line for each change that breaks a client, such as `GET /projects: the parameter "status" is gone`. */
export function findBreakingChanges(before: OpenApi, after: OpenApi): string[] {
  const sides = { before, after };
  return Object.entries(before.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([verb, operation]) => {
      const name = `${verb.toUpperCase()} ${path}`;
      const now = after.paths?.[path]?.[verb] as Json | undefined;
      if (!now) return [`${name}: the operation is gone`];
      return changesOf(sides, { before: operation as Json, after: now }).map((change) =>
        `${name}: ${change}`
      );
    })
  );
}

function changesOf(sides: Sides, operation: Pair): string[] {
  return [
    ...(operation.before.operationId === operation.after.operationId ? [] : ["the operationId has changed"]),
    ...(isOpen(operation.before) && !isOpen(operation.after) ? ["credentials are needed now"] : []),
    ...parameterChanges(sides, operation),
    ...bodyChanges(sides, operation),
    ...responseChanges(sides, operation),
  ];
}

function isOpen({ security }: Json): boolean {
  return Array.isArray(security) && security.length === 0;
}

function parameterChanges(sides: Sides, { before, after }: Pair): string[] {
  const [old, now] = [parametersOf(sides.before, before), parametersOf(sides.after, after)];
  const changed = [...old].flatMap(([name, parameter]) => {
    const current = now.get(name);
    if (!current) return [`the parameter "${name}" is gone`];
    const schemas = { before: parameter.schema as Json, after: current.schema as Json };
    return [
      ...(current.required && !parameter.required ? [`the parameter "${name}" is required now`] : []),
      ...schemaChanges(sides, schemas, "sent", `the parameter "${name}"`),
    ];
  });
  const added = [...now].filter(([name, { required }]) => required && !old.has(name));
  return [...changed, ...added.map(([name]) => `the new parameter "${name}" is required`)];
}

function parametersOf(document: OpenApi, { parameters = [] }: Json): Map<string, Json> {
  return new Map((parameters as Json[]).map((parameter) => {
    const resolved = resolve(document, parameter);
    return [String(resolved.name), resolved];
  }));
}

function bodyChanges(sides: Sides, { before, after }: Pair): string[] {
  const [old, now] = [before.requestBody, after.requestBody] as (Json | undefined)[];
  if (!now) return old ? ["the body is gone"] : [];
  const isRequired = now.required && !old?.required ? ["the body is required now"] : [];
  return [
    ...isRequired,
    ...(old ? contentChanges(sides, { before: old, after: now }, "sent", "the body") : []),
  ];
}

function responseChanges(sides: Sides, { before, after }: Pair): string[] {
  const now = after.responses as Json;
  return Object.entries(before.responses as Json).filter(([status]) => status.startsWith("2")).flatMap(
    ([status, response]) => {
      if (!now[status]) return [`the response ${status} is gone`];
      const pair = {
        before: resolve(sides.before, response as Json),
        after: resolve(sides.after, now[status] as Json),
      };
      const headers = Object.keys(pair.before.headers ?? {}).filter((name) =>
        !(name in (pair.after.headers as Json ?? {}))
      );
      return [
        ...headers.map((name) => `the response ${status} has no header ${name} any longer`),
        ...contentChanges(sides, pair, "received", `the response ${status}`),
      ];
    },
  );
}

function contentChanges(
  sides: Sides,
  { before, after }: Pair,
  direction: Direction,
  where: string,
): string[] {
  const now = (after.content ?? {}) as Record<string, Json>;
  return Object.entries((before.content ?? {}) as Record<string, Json>).flatMap(([type, { schema }]) => {
    const current = now[type];
    if (!current) return [`${where} is no longer ${type}`];
    return schemaChanges(sides, { before: schema as Json, after: current.schema as Json }, direction, where);
  });
}

function schemaChanges(sides: Sides, pair: Pair, direction: Direction, where: string): string[] {
  const before = resolve(sides.before, pair.before);
  const after = resolve(sides.after, pair.after);
  const resolved = { before, after };
  return [
    ...typeChanges(resolved, direction, where),
    ...(direction === "sent" ? boundChanges(resolved, where) : []),
    ...enumChanges(resolved, direction, where),
    ...propertyChanges(sides, resolved, direction, where),
    ...(before.items && after.items
      ? schemaChanges(
        sides,
        { before: before.items as Json, after: after.items as Json },
        direction,
        `an item of ${where}`,
      )
      : []),
  ];
}

function typeChanges({ before, after }: Pair, direction: Direction, where: string): string[] {
  const [old, now] = [typesOf(before), typesOf(after)];
  const lost = direction === "sent" ? old.filter((type) => !now.includes(type)) : [];
  const added = direction === "received" ? now.filter((type) => !old.includes(type)) : [];
  return [
    ...lost.map((type) => `${where} can't be ${type} any longer`),
    ...added.map((type) => `${where} can be ${type} now`),
    ...(before.format === after.format || old.length === 0 ? [] : [`${where} has another format`]),
  ];
}

function typesOf({ type }: Json): string[] {
  return type === undefined ? [] : [type].flat() as string[];
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
  const [old, now] = [before.enum, after.enum] as (unknown[] | undefined)[];
  if (direction === "received" || !now) return [];
  if (!old) return [`${where} takes only some values now`];
  return old.filter((value) => !now.includes(value)).map((value) =>
    `${where} can't be "${value}" any longer`
  );
}

function propertyChanges(
  sides: Sides,
  { before, after }: Pair,
  direction: Direction,
  where: string,
): string[] {
  const [old, now] = [before.properties, after.properties].map((each) =>
    (each ?? {}) as Record<string, Json>
  );
  const [wasRequired, isRequired] = [before.required, after.required].map((each) => (each ?? []) as string[]);
  const kept = Object.entries(old!).flatMap(([name, schema]) => {
    const current = now![name];
    if (!current) return [`the field "${name}" of ${where} is gone`];
    return schemaChanges(
      sides,
      { before: schema, after: current },
      direction,
      `the field "${name}" of ${where}`,
    );
  });
  const [from, to] = direction === "sent" ? [isRequired!, wasRequired!] : [wasRequired!, isRequired!];
  const changed = from.filter((name) => !to.includes(name) && (direction === "sent" || name in now!));
  const verb = direction === "sent" ? "is required now" : "may be missing now";
  return [...kept, ...changed.map((name) => `the field "${name}" of ${where} ${verb}`)];
}

/** The schema, parameter or response itself if `part` is a reference to it. */
function resolve(document: OpenApi, part: Json): Json {
  if (typeof part.$ref !== "string") return part;
  const path = part.$ref.replace("#/", "").split("/");
  const found = path.reduce<unknown>((inner, name) => (inner as Json)[name], document);
  return resolve(document, found as Json);
}
