import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context, Env, Handler, MiddlewareHandler } from "hono";
import { invalid, preconditionFailed } from "../src/errors.ts";
import type { Page } from "../src/platform/list.ts";
import { problem } from "../src/platform/problem.ts";
import type { ProblemStatus } from "./api/problem_answers.ts";
import { BODY_NOT_JSON } from "./middleware/body_content.ts";
import { documentOperation, model } from "./operation_document.ts";
import { readWire, type Sendable, toWire } from "./wire.ts";

const NOT_AN_ETAG = problem("not_an_etag", "If-Match must be an ETag of this resource.");

export type Verb = "get" | "post" | "patch" | "delete";

/** Who may call a resource, and the context in which its operations run. */
export type Audience<E extends Env, Ctx> = {
  guards: MiddlewareHandler[];
  contextOf(c: Context<E>): Ctx;
  /** The names of the security schemes in the document, any of which is enough. Empty if no credentials are needed. */
  credentials: string[];
  /** The error statuses that every operation may return. */
  refusals: ProblemStatus[];
};

/** An operation's text in the document. */
export type Description = {
  operationId: string;
  summary: string;
  description?: string;
  /** Error statuses that don't follow from the operation's shape. */
  refusals?: ProblemStatus[];
};

/** A successful response. Without a schema, it has no body. */
export type Answer<Result extends z.ZodType> = {
  status?: 200 | 201 | 202 | 204;
  description: string;
  schema?: Result;
};

type Operation<E extends Env, Ctx, Body extends z.ZodObject, Result extends z.ZodType, Row> = Description & {
  guards?: MiddlewareHandler[];
  body?: Body;
  answer: Answer<Result>;
  /** Sent as the ETag. A client sends it back in `If-Match`. */
  versionOf?(row: Row): number;
  run(ctx: Ctx, call: Call<E, z.output<Body>>): Promise<Row>;
};

/** The parsed request. */
export type Call<E extends Env, Body> = {
  /** The id in the path; empty if the path has none. */
  id: string;
  body: Body;
  /** The version in `If-Match`; undefined for any version. */
  expectedVersion: number | undefined;
  c: Context<E>;
};

type ResourceList<Ctx, Query extends z.ZodObject, Item extends z.ZodType, Row> = Description & {
  guards?: MiddlewareHandler[];
  list: { query: Query };
  /** The name of a page in the document. */
  name: string;
  answer: string;
  item: Item;
  run(ctx: Ctx, query: z.output<Query>): Promise<Pick<Page<Row>, "items" | "nextCursor">>;
};

/**
 * A resource of the API. Each operation is declared once, with its path, schemas and function. The declaration creates the
 * route, the conversion between camelCase and snake_case, and the OpenAPI document.
 */
export class Resource<E extends Env, Ctx> {
  readonly #routes = new OpenAPIHono<E>();
  readonly #tag: string;
  readonly #audience: Audience<E, Ctx>;

  constructor(tag: string, audience: Audience<E, Ctx>) {
    this.#tag = tag;
    this.#audience = audience;
  }

  /** Declares `GET path`: pages of `{ data, next_cursor }`. */
  list<Query extends z.ZodObject, Item extends z.ZodType, Row extends Sendable<z.output<Item>>>(
    path: string,
    { guards = [], list, name, answer, item, run, ...description }: ResourceList<Ctx, Query, Item, Row>,
  ): void {
    const page = model(name, { data: z.array(item), nextCursor: z.string().nullable() });
    documentOperation(this.#routes, this.#audience, "get", path, {
      ...description,
      tag: this.#tag,
      query: list.query,
      answer: { description: answer, schema: page },
    });
    this.#route("get", path, guards, async (c) => {
      const { items, nextCursor } = await run(
        this.#audience.contextOf(c),
        readWire(list.query, c.req.query()),
      );
      return c.json({ data: items.map((row) => toWire(item, row)), next_cursor: nextCursor });
    });
  }

  /** Declares any other operation. */
  operation<
    Row extends Sendable<z.output<Result>>,
    Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Result extends z.ZodType = z.ZodUnknown,
  >(verb: Verb, path: string, operation: Operation<E, Ctx, Body, Result, Row>): void {
    const { guards = [], body, answer, versionOf, run } = operation;
    const takesVersion = versionOf !== undefined && verb === "patch";
    documentOperation(this.#routes, this.#audience, verb, path, {
      ...operation,
      tag: this.#tag,
      takesVersion,
      sendsVersion: versionOf !== undefined,
    });
    this.#route(verb, path, guards, async (c) => {
      const row = await run(this.#audience.contextOf(c), {
        id: c.req.param("id") ?? "",
        body: await readBody(c, body),
        expectedVersion: takesVersion ? expectedVersion(c.req.header("If-Match")) : undefined,
        c,
      });
      if (versionOf) c.header("ETag", `"${versionOf(row)}"`);
      return send(c, path, answer, row);
    });
  }

  /** Adds the operations to the API and its document. */
  addTo<Outer extends Env>(api: OpenAPIHono<Outer>): void {
    api.route("/", this.#routes);
  }

  #route(verb: Verb, path: string, guards: MiddlewareHandler[], handle: Handler<E>): void {
    this.#routes.on(
      verb,
      [path.replaceAll(/\{(\w+)\}/g, ":$1")],
      ...this.#audience.guards,
      ...guards,
      handle,
    );
  }
}

const JSON_BODY = /^application\/(?:[a-z.-]+\+)?json\s*(?:;|$)/i;

async function readBody<E extends Env, Body extends z.ZodObject>(
  c: Context<E>,
  schema: Body | undefined,
): Promise<z.output<Body>> {
  if (!schema) return {} as z.output<Body>;
  const sent = JSON_BODY.test(c.req.header("Content-Type") ?? "") ? parseJson(await c.req.text()) : {};
  return readWire(schema, sent);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid({ body: BODY_NOT_JSON });
  }
}

/** The version in `If-Match`; undefined for `*` or without the header. Any other value matches no version. */
function expectedVersion(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  const version = /^"(\d{1,9})"$/.exec(ifMatch.trim())?.[1];
  if (!version) throw preconditionFailed(NOT_AN_ETAG);
  return Number(version);
}

function send<E extends Env, Result extends z.ZodType>(
  c: Context<E>,
  path: string,
  { status = 200, schema }: Answer<Result>,
  row: Sendable<z.output<Result>>,
): Response {
  if (status === 204 || !schema) return c.body(null, 204);
  const json = toWire(schema, row) as Record<string, unknown>;
  if (status === 201 && !path.includes("{")) c.header("Location", `/api/v1${path}/${json.id}`);
  return c.json(json, status);
}
