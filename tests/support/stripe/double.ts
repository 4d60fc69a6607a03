import { createHmac } from "node:crypto";
import { randomBase32 } from "../../../src/platform/crypto.ts";
import { type Clock, HOUR } from "../../../src/platform/clock.ts";
import { type Life, live } from "../../../src/billing/engine/engine.ts";
import { type CustomerState, type EngineEvent, newCustomer } from "../../../src/billing/engine/state.ts";
import type { CatalogMetric } from "../../../src/billing/gateway/gateway.ts";
import { type Answer, Refusal } from "./answers.ts";
import { CatalogDouble } from "./catalog_double.ts";
import { type Form, readForm } from "./form.ts";
import { OPERATIONS } from "./operations.ts";
import { PARAMETERS } from "./parameters.ts";
import { chargeId, Renderer } from "./render.ts";
import { problemsOf } from "./rules.ts";

export const WEBHOOK_SECRET = "whsec_double";
export const SECRET_KEY = "sk_test_double";
/** How long Stripe remembers idempotency keys. */
const KEYS_KEPT = 24 * HOUR;
const API_VERSION = "2026-10-28.endive";

export type Request = {
  method: string;
  /** Such as `/v1/customers/:id`, and what stands for `:id`. */
  path: string;
  id: string;
  form: Form;
  key: string | null;
};

/** How the double misbehaves, for as many requests as it says. `loses`: it does what it was asked, and its answer is lost. */
export type Trouble = { status?: number; hangs?: true; loses?: true; times: number };

type Options = {
  clock: Clock;
  metrics: readonly CatalogMetric[];
};

/** Brings a signed event to the product. Returns the status of the answer. */
export type Deliver = (body: string, signature: string) => Promise<number>;

/**
 * Stripe's API on this machine, which plays customers with the engine. It checks each request against the table of parameters, and
 * closing it throws if one was wrong.
 */
export class StripeDouble implements AsyncDisposable {
  readonly requests: Request[] = [];
  readonly renderer: Renderer;
  readonly catalog: CatalogDouble;
  /** Schedules that don't change anything yet, by their subscriptions. */
  readonly bareSchedules = new Map<string, string>();
  readonly drafts = new Map<string, Draft>();
  readonly invoiceItems: InvoiceItem[] = [];
  readonly refunds: RefundMade[] = [];
  trouble: Trouble | null = null;
  /** Where events go. Without it, none are sent. */
  deliver: Deliver | null = null;
  readonly #problems: string[] = [];
  readonly #customers = new Map<string, CustomerState>();
  readonly #answers = new Map<string, { request: string; answer: Answer; at: number }>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hanging: (() => void)[] = [];

  constructor(readonly options: Options) {
    const serve = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    this.#server = Deno.serve(serve, (request) => this.#serve(request));
    this.renderer = new Renderer(options.metrics, this.origin);
    this.catalog = new CatalogDouble(options.clock);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  get now(): number {
    return this.options.clock.now().getTime();
  }

  /** The settings that make the product use this double. */
  get variables(): Record<string, string> {
    return { STRIPE_SECRET_KEY: SECRET_KEY, STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET, STRIPE_URL: this.origin };
  }

  addCustomer({ name, email }: { name: string; email: string }): CustomerState {
    const id = `cus_${randomBase32(16)}`;
    const state = newCustomer(id, { name, email, now: this.now });
    this.#customers.set(id, state);
    return state;
  }

  /** The customer as of now. Throws a `Refusal` with `resource_missing`. */
  async customer(id: string): Promise<CustomerState> {
    await this.play(id, () => {});
    return this.#customers.get(id)!;
  }

  /** Lets anything happen to a customer that can happen at Stripe. */
  async play<Result>(id: string, work: (life: Life) => Result): Promise<Result> {
    const before = this.#customers.get(id);
    if (!before) throw Refusal.missing("customer", id);
    const { state, events, result } = live(before, this.options.metrics, this.now, work);
    this.#customers.set(id, state);
    for (const event of events) await this.#deliver(id, event);
    return result;
  }

  /** Signs a body as Stripe does. */
  sign(body: string, at: number = this.now, secret = WEBHOOK_SECRET): string {
    const seconds = Math.floor(at / 1_000);
    const digest = createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
    return `t=${seconds},v1=${digest}`;
  }

  /** The requests to an operation such as `POST /v1/customers`. */
  sent(operation: string): Request[] {
    return this.requests.filter(({ method, path }) => `${method} ${path}` === operation);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#hanging) end();
    await this.#server.shutdown();
    if (this.#problems.length > 0) throw new Error(`Stripe would refuse:\n${this.#problems.join("\n")}`);
  }

  async #serve(request: globalThis.Request): Promise<Response> {
    const url = new URL(request.url);
    const text = request.method === "POST" ? await request.text() : url.search.slice(1);
    const trouble = this.trouble && this.trouble.times-- > 0 ? this.trouble : null;
    if (trouble && !trouble.loses) return await this.#misbehave(trouble);
    const key = request.headers.get("Idempotency-Key");
    const known = key === null ? undefined : this.#answers.get(key);
    const replayed = known && known.at + KEYS_KEPT > this.now ? known : undefined;
    const signature = `${request.method} ${url.pathname} ${text}`;
    const answer = replayed
      ? replayed.request === signature ? replayed.answer : Refusal.idempotency().answer
      : await this.#answer(request, url.pathname, readForm(text), key);
    if (key !== null && !replayed && answer.status < 500) {
      this.#answers.set(key, { request: signature, answer, at: this.now });
    }
    if (trouble) return await this.#misbehave(trouble);
    return Response.json(answer.body, { status: answer.status, headers: { "Request-Id": "req_double" } });
  }

  async #answer(
    { method, headers }: globalThis.Request,
    pathname: string,
    form: Form,
    key: string | null,
  ): Promise<Answer> {
    const { path, id } = patternOf(method, pathname);
    const operation = `${method} ${path}`;
    this.requests.push({ method, path, id, form, key });
    if (headers.get("Authorization") !== `Bearer ${SECRET_KEY}`) return Refusal.unauthorized().answer;
    const wrong = [
      ...(headers.get("Stripe-Version") === API_VERSION ? [] : ["another version of the API"]),
      ...(headers.has("X-Stripe-Client-Telemetry") ? ["telemetry"] : []),
      ...(PARAMETERS[operation] ? problemsOf(form, PARAMETERS[operation]) : ["unknown operation"]),
    ];
    const run = OPERATIONS[operation];
    if (wrong.length > 0 || !run) {
      this.#problems.push(...wrong.map((problem) => `${operation}: ${problem}`));
      return Refusal.invalid(wrong.join("; ") || "unknown operation").answer;
    }
    try {
      return { status: 200, body: await run(this, { method, path, id, form, key }) };
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      this.#problems.push(`${operation}: ${error instanceof Error ? error.stack : error}`);
      return { status: 500, body: { error: { type: "api_error", message: String(error) } } };
    }
  }

  async #misbehave({ status, hangs }: Trouble): Promise<Response> {
    if (hangs) await new Promise<void>((resolve) => this.#hanging.push(resolve));
    const error = { type: "api_error", message: "Something went wrong at Stripe." };
    return Response.json({ error }, { status: status ?? 500 });
  }

  async #deliver(customerId: string, { id, type, at, objectId }: EngineEvent): Promise<void> {
    if (!this.deliver) return;
    const body = JSON.stringify({
      id,
      object: "event",
      api_version: API_VERSION,
      type,
      created: Math.floor(at / 1_000),
      livemode: false,
      data: { object: eventObject(customerId, type, objectId) },
    });
    const status = await this.deliver(body, this.sign(body));
    if (status !== 200) this.#problems.push(`an event was answered with ${status}`);
  }
}

/** An invoice that is being written. It is open once it is final, and the engine's once it was paid or tried. */
export type Draft = {
  id: string;
  customerId: string;
  currency: string;
  createdAt: number;
  status: "draft" | "open" | "void";
  amount: number;
  description: string;
};

export type InvoiceItem = {
  id: string;
  object: "invoiceitem";
  customer: string;
  amount: number;
  metadata: Record<string, string>;
};

export type RefundMade = {
  id: string;
  object: "refund";
  payment_intent: string;
  amount: number;
  status: "succeeded";
  metadata: Record<string, string>;
};

/** The operation's path: ids become `:id`. */
function patternOf(method: string, pathname: string): { path: string; id: string } {
  for (const operation of Object.keys(PARAMETERS)) {
    const [wanted, path] = operation.split(" ") as [string, string];
    if (wanted !== method) continue;
    const match = new RegExp(`^${path.replace(":id", "([^/]+)")}$`).exec(pathname);
    if (match && (path.includes(":id") || path === pathname) && match[1] !== "create_preview") {
      return { path, id: match[1] ?? "" };
    }
  }
  return { path: pathname, id: "" };
}

/** Disputes don't name their customer. */
function eventObject(customerId: string, type: string, id: string) {
  if (type.startsWith("charge.dispute")) return { id: "dp_1", object: "dispute", charge: chargeId(id) };
  if (id === customerId) {
    return { id, object: type.split(".")[0], customer: type === "customer.deleted" ? undefined : id };
  }
  return { id, object: type.split(".")[0], customer: customerId };
}
