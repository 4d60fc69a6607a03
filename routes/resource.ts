import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context, Handler, MiddlewareHandler } from "hono";
import type { Permission } from "../src/access/permissions.ts";
import type { StoredAnswer } from "../src/api_access/idempotency.ts";
import type { Event } from "../src/events/event.ts";
import type { Page } from "../src/platform/list.ts";
import type { RateLimit } from "../src/rate_limits/rate_limit.ts";
import { type Answer, answerWith, send, sendCurrent, withEtag } from "./api/answers.ts";
import { usableCredentials } from "./api/authentication.ts";
import { announceDeprecation, type Deprecation } from "./api/deprecation.ts";
import { answerWithPage, preferredAnswer } from "./api/list_answer.ts";
import { answerOnce, type Change, checkKey, type Recording } from "./api/once.ts";
import type { ProblemStatus } from "./api/problem_answers.ts";
import { type Call, readCall } from "./api/read_call.ts";
import type { HttpEnv } from "./http.ts";
import { checkBody } from "./middleware/body.ts";
import { type Documented, documentOperation, pageModel } from "./operation_document.ts";
import { readWire, type Sendable } from "./wire.ts";

export type Verb = "get" | "post" | "put" | "patch" | "delete";

/** Who may call a resource, and the context in which its operations run. */
export type Audience<E extends HttpEnv, Ctx> = {
  guards: MiddlewareHandler[];
  contextOf(c: Context<E>): Ctx;
  /**
   * The names of the security schemes in the document, any of which is enough. Empty if no credentials are needed. An operation that
   * needs a person has guards, which leave the API key out.
   */
  credentials: string[];
  /** The error statuses that every operation may return. */
  refusals: ProblemStatus[];
  /** How answers are stored for `Idempotency-Key`. Absent if requests have no actor, so that no key is theirs. */
  recording?: Recording<Ctx>;
};

/** What the document says about an operation. */
export type Description = {
  operationId: string;
  summary: string;
  description?: string;
  /** What the caller needs. The function in `src` checks it. */
  permission?: Permission;
  /** What the operation may publish. */
  // deno-lint-ignore no-explicit-any -- each event has its own row type
  events?: readonly Event<any>[];
  /** What the parameter in the path is, such as `key` in `/features/{key}`. Without it, the ID of a resource. */
  parameter?: z.ZodType<string>;
  /** The limits that the operation enforces, besides the tenant's own. */
  limits?: readonly RateLimit[];
  /** An operation that clients should stop using. Each response says so. */
  deprecated?: Deprecation;
  /** Error statuses that don't follow from the operation's shape. */
  refusals?: ProblemStatus[];
};

type Declared<E extends HttpEnv, Ctx, Body extends z.ZodObject, Result extends z.ZodType, Row> =
  & Description
  & {
    guards?: MiddlewareHandler[];
    /** The parameters of a GET, which `run` reads. */
    query?: z.ZodObject;
    body?: Body;
    /** A body as a client sends it, for the document. */
    example?: z.input<Body>;
    answer: Answer<Result>;
    /** What the operation answers instead, if it `applies` to what `run` returned. */
    otherAnswer?: OtherAnswer<Row>;
    /** A GET that answers with these rows as CSV, if the client prefers that. */
    csv?: { item: z.ZodObject; rowsOf(row: Row): readonly object[] };
    /** The version that the ETag contains. Without it, a GET's ETag is a hash of the content. */
    versionOf?(row: Row): number;
    /** Whether the operation checks `expectedVersions`, or calls `requireMatch`. If not, only `If-Match: *` matches. */
    checksMatch?: boolean;
    /** A GET whose resource can be changed without checking `If-Match`, so that it must not have an ETag. */
    withoutEtag?: boolean;
    /**
     * When a POST's answer is stored for its `Idempotency-Key`: in the transaction of its change, or `afterward` if the change isn't
     * one transaction. `never` if it proves who the caller is: a stored answer would prove nothing.
     */
    storesAnswer?: "in_transaction" | "afterward" | "never";
    /** A POST that stores its answer in its transaction returns what that returned. */
    run(ctx: Ctx, call: Call<E, z.output<Body>, Row>): Promise<Row>;
  };

/** An answer of another status, whose content is what `run` returned. */
export type OtherAnswer<Row> = Answer<z.ZodType> & { applies(row: Row): boolean };

/** An operation whose `run` returns what the answer contains. */
type PlainOperation<E extends HttpEnv, Ctx, Body extends z.ZodObject, Result extends z.ZodType, Row> =
  & Declared<E, Ctx, Body, Result, Row>
  & { present?: undefined };

/** An operation whose `run` returns something that the answer shows in another form. */
type PresentedOperation<E extends HttpEnv, Ctx, Body extends z.ZodObject, Result extends z.ZodType, Row> =
  & Declared<E, Ctx, Body, Result, Row>
  & { present(row: Row): Sendable<z.output<Result>> };

type AnyOperation<E extends HttpEnv, Ctx, Body extends z.ZodObject, Result extends z.ZodType, Row> =
  | PlainOperation<E, Ctx, Body, Result, Row>
  | PresentedOperation<E, Ctx, Body, Result, Row>;

type ResourceList<Ctx, Query extends z.ZodObject, Item extends z.ZodType, Row> = Description & {
  guards?: MiddlewareHandler[];
  list: { query: Query };
  /** The name of a page in the document. */
  name: string;
  answer: string;
  item: Item;
  run(ctx: Ctx, query: z.output<Query>): Promise<Pick<Page<Row>, "items" | "nextCursor">>;
};

type ResourceStream<E extends HttpEnv, Ctx> = Description & {
  guards?: MiddlewareHandler[];
  answer: string;
  /** Some events as a client receives them, for the document. */
  example: string;
  run(ctx: Ctx, c: Context<E>): Promise<Response>;
};

/**
 * A resource of the API. Each operation is declared once, with its path, schemas and function. The declaration creates the
 * route, the conversion between camelCase and snake_case, and the OpenAPI document. It also gives the operation what all share:
 * ETags, `If-Match`, `If-None-Match`, `Idempotency-Key`, CSV for lists, and the headers of a deprecation.
 */
export class Resource<E extends HttpEnv, Ctx> {
  readonly #routes = new OpenAPIHono<E>();
  readonly #documents: ((api: OpenAPIHono<HttpEnv>) => void)[] = [];
  readonly #audience: Audience<E, Ctx>;

  /** `tag` is the group in the document. One of the resources in a group has its `description`. */
  constructor(readonly tag: string, readonly description: string | undefined, audience: Audience<E, Ctx>) {
    this.#audience = audience;
  }

  /** Declares `GET path`: pages of `{ data, next_cursor }`, or of CSV. */
  list<Query extends z.ZodObject, Item extends z.ZodType, Row extends Sendable<z.output<Item>>>(
    path: string,
    { guards = [], list, name, answer, item, run, ...description }: ResourceList<Ctx, Query, Item, Row>,
  ): void {
    this.#document("get", path, guards, () => ({
      ...description,
      query: list.query,
      answer: { description: answer, schema: pageModel(name, item) },
      isList: true,
      sendsEtag: true,
    }));
    this.#route("get", path, description, guards, async (c) => {
      const page = await run(this.#audience.contextOf(c), readWire(list.query, c.req.query()));
      return sendCurrent(c, await answerWithPage(c, item, page));
    });
  }

  /** Declares `GET path`: server-sent events, which can be continued with `Last-Event-ID`. `run` answers on its own. */
  stream(path: string, { guards = [], answer, example, run, ...description }: ResourceStream<E, Ctx>): void {
    this.#document("get", path, guards, () => ({
      ...description,
      answer: { description: answer },
      streams: example,
    }));
    this.#route("get", path, description, guards, (c) => run(this.#audience.contextOf(c), c));
  }

  /** Declares any other operation. */
  operation<
    Row extends Sendable<z.output<Result>>,
    Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Result extends z.ZodType = z.ZodUnknown,
  >(verb: Verb, path: string, operation: PlainOperation<E, Ctx, Body, Result, Row>): void;
  operation<
    Row,
    Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Result extends z.ZodType = z.ZodUnknown,
  >(verb: Verb, path: string, operation: PresentedOperation<E, Ctx, Body, Result, Row>): void;
  operation<Row, Body extends z.ZodObject, Result extends z.ZodType>(
    verb: Verb,
    path: string,
    operation: AnyOperation<E, Ctx, Body, Result, Row>,
  ): void {
    const { guards = [], versionOf, checksMatch = false, withoutEtag = false } = operation;
    const { storesAnswer = "in_transaction" } = operation;
    const hasVersions = versionOf !== undefined || checksMatch;
    const traits = {
      takesKey: this.#audience.recording !== undefined && verb === "post" && storesAnswer !== "never",
      sendsEtag: hasVersions || (verb === "get" && !withoutEtag),
    };
    this.#document(verb, path, guards, () => ({ ...operation, ...traits }));
    const toAnswer = (row: Row) => {
      const { otherAnswer } = operation;
      if (otherAnswer?.applies(row)) return answerWith(path, otherAnswer, row as never);
      const shown = operation.present ? operation.present(row) : row as Sendable<z.output<Result>>;
      const answer = answerWith(path, operation.answer, shown);
      return hasVersions ? withEtag(answer, versionOf?.(row)) : answer;
    };
    this.#route(verb, path, operation, guards, async (c) => {
      const call = await readCall(c, operation, toAnswer);
      if (verb === "get") {
        const row = await operation.run(this.#audience.contextOf(c), call);
        const { csv } = operation;
        const answer = csv
          ? await preferredAnswer(c, toAnswer(row), csv.item, () => csv.rowsOf(row))
          : toAnswer(row);
        return traits.sendsEtag ? sendCurrent(c, answer) : send(c, answer);
      }
      const { permission } = operation;
      const change: Change<Ctx, Row> = {
        run: (ctx) => operation.run(ctx, call),
        toAnswer,
        permission,
        storesAnswer,
      };
      return send(c, await this.#change(c, change, traits.takesKey));
    });
  }

  /** Runs an operation that changes something: once for its key, if it takes one. */
  async #change<Row>(c: Context<E>, change: Change<Ctx, Row>, takesKey: boolean): Promise<StoredAnswer> {
    const { contextOf, recording } = this.#audience;
    const ctx = contextOf(c);
    if (recording && takesKey) return await answerOnce(c, ctx, recording, change);
    if (recording) await checkKey(c, recording.systemOf(ctx));
    return change.toAnswer(await change.run(ctx));
  }

  /** Adds the operations to the API. */
  addTo(api: OpenAPIHono<HttpEnv>): void {
    api.route("/", this.#routes);
  }

  /** Adds the operations to the document of `api`. That is slow, so not for each start of a process. */
  documentIn(api: OpenAPIHono<HttpEnv>): void {
    for (const document of this.#documents) document(api);
  }

  #document(
    verb: Verb,
    path: string,
    guards: MiddlewareHandler[],
    describe: () => Omit<Documented, "tag">,
  ): void {
    this.#documents.push((api) => {
      const operation = { ...describe(), tag: this.tag };
      const { permission } = operation;
      const credentials = usableCredentials(this.#audience.credentials, { guards, permission });
      documentOperation(api, { ...this.#audience, credentials }, verb, path, operation);
    });
  }

  #route(
    verb: Verb,
    path: string,
    { deprecated }: Description,
    guards: MiddlewareHandler[],
    handle: Handler<E>,
  ): void {
    this.#routes.on(
      verb,
      [path.replaceAll(/\{(\w+)\}/g, ":$1")],
      ...(deprecated ? [announceDeprecation(deprecated)] : []),
      ...this.#audience.guards,
      ...guards,
      checkBody,
      handle,
    );
  }
}
