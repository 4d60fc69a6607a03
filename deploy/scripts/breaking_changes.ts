/** Finds what in a new version of an OpenAPI document breaks clients of the old one. */

import {
  type Direction,
  type Json,
  type OpenApi,
  type Pair,
  resolve,
  schemaChanges,
  type Sides,
} from "./schema_changes.ts";

export type { OpenApi };

/** One line for each change that breaks a client, such as `GET /projects: the parameter "status" is gone`. */
export function findBreakingChanges(before: OpenApi, after: OpenApi): string[] {
  const sides = { before, after };
  return [...schemeChanges(sides), ...operationChanges(sides), ...webhookChanges(sides)];
}

function schemeChanges({ before, after }: Sides): string[] {
  const now = (after.components?.securitySchemes ?? {}) as Record<string, Json>;
  return Object.entries((before.components?.securitySchemes ?? {}) as Record<string, Json>)
    .flatMap(([name, scheme]) => {
      if (!now[name]) return [`the security scheme "${name}" is gone`];
      const isSame = ["type", "scheme", "in", "name"].every((part) => scheme[part] === now[name]![part]);
      return isSame ? [] : [`the security scheme "${name}" has changed`];
    });
}

function operationChanges(sides: Sides): string[] {
  return Object.entries(sides.before.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([verb, operation]) => {
      const name = `${verb.toUpperCase()} ${path}`;
      const now = sides.after.paths?.[path]?.[verb] as Json | undefined;
      if (!now) return [`${name}: the operation is gone`];
      return changesOf(sides, { before: operation as Json, after: now }).map((change) =>
        `${name}: ${change}`
      );
    })
  );
}

/** A webhook is a request that clients receive. */
function webhookChanges(sides: Sides): string[] {
  return Object.entries(sides.before.webhooks ?? {}).flatMap(([type, item]) => {
    const pair = { before: item.post as Json, after: sides.after.webhooks?.[type]?.post as Json | undefined };
    if (!pair.after) return [`webhook ${type}: the event is gone`];
    const { before, after } = pair as Pair;
    const now = parametersOf(sides.after, after);
    const headers = [...parametersOf(sides.before, before).keys()].filter((name) => !now.has(name));
    const bodies = { before: before.requestBody as Json, after: after.requestBody as Json };
    return [
      ...headers.map((name) => `the header "${name}" is gone`),
      ...contentChanges(sides, bodies, "received", "the body"),
    ].map((change) => `webhook ${type}: ${change}`);
  });
}

function changesOf(sides: Sides, operation: Pair): string[] {
  return [
    ...(operation.before.operationId === operation.after.operationId ? [] : ["the operationId has changed"]),
    ...credentialChanges(operation),
    ...parameterChanges(sides, operation),
    ...bodyChanges(sides, operation),
    ...responseChanges(sides, operation),
  ];
}

function credentialChanges({ before, after }: Pair): string[] {
  const [old, now] = [schemesOf(before), schemesOf(after)];
  if (now.length === 0) return [];
  if (old.length === 0) return ["credentials are needed now"];
  return old.filter((scheme) => !now.includes(scheme)).map((scheme) => `"${scheme}" is no longer accepted`);
}

/** The security schemes, of which any is enough. None if no credentials are needed. */
function schemesOf({ security = [] }: Json): string[] {
  return (security as Json[]).map((schemes) => Object.keys(schemes).join(" and "));
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
  return Object.entries(before.responses as Json).flatMap(([status, response]) => {
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
  });
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
