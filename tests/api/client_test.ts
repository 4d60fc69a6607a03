import assert from "node:assert/strict";
import {
  ApiError,
  type ClientOptions,
  createDenizenClient,
  type DenizenClient,
  listAll,
  type ReceivedEvent,
  streamEvents,
  unwrap,
} from "../../clients/typescript/src/client.ts";
import { HOUR } from "../../src/platform/clock.ts";
import { OPEN_STREAMS } from "../../src/event_stream/open_streams.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: the TypeScript client works against the server, and its retries never change something twice. */

async function open(options: Partial<ClientOptions> = {}) {
  const world = await World.open();
  const company = await world.company("acme");
  const client = createDenizenClient({
    baseUrl: `http://${world.host()}/api/v1`,
    token: await world.token(company),
    sleep: () => Promise.resolve(),
    ...options,
  });
  return { world, company, client, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

async function create(client: DenizenClient, name: string) {
  return await unwrap(client.POST("/projects", { body: { name } }));
}

Deno.test("a client creates, changes, lists and deletes", async () => {
  await using opened = await open();
  const { client } = opened;

  for (const name of ["Apollo", "Gemini", "Mercury"]) await create(client, name);
  const names = await Array.fromAsync(
    listAll(client, "/projects", { sort: "name", limit: 2 }),
    ({ name }) => name,
  );
  const { id } = await create(client, "Vostok");
  const { response } = await client.GET("/projects/{id}", { params: { path: { id } } });
  const changed = await unwrap(client.PATCH("/projects/{id}", {
    params: { path: { id }, header: { "If-Match": response.headers.get("ETag")! } },
    body: { status: "archived" },
  }));
  const deleted = await client.DELETE("/projects/{id}", { params: { path: { id } } });

  assert.deepEqual(names, ["Apollo", "Gemini", "Mercury"]);
  assert.equal(changed.status, "archived");
  assert.equal(deleted.response.status, 204);
});

Deno.test("an error is a problem that the program can read", async () => {
  await using opened = await open();
  const { client } = opened;
  const { id } = await create(client, "Apollo");
  const stale = { path: { id }, header: { "If-Match": '"7"' } };

  const invalid = await unwrap(client.POST("/projects", { body: { name: "" } })).catch((error) => error);
  const lost = await unwrap(client.PATCH("/projects/{id}", { params: stale, body: {} })).catch((error) =>
    error
  );

  assert.ok(invalid instanceof ApiError && lost instanceof ApiError);
  assert.deepEqual([invalid.status, invalid.problem.errors?.[0]?.field, lost.status], [422, "name", 412]);
  assert.match(invalid.problem.request_id, /^[0-9a-f-]{36}$/);
});

Deno.test("a POST whose answer was lost is repeated, and creates one project", async () => {
  let requests = 0;
  const loseTheFirst = async (request: Request) => {
    const response = await fetch(request);
    if (++requests > 1) return response;
    await response.body?.cancel();
    throw new TypeError("connection reset");
  };
  await using opened = await open({ fetch: loseTheFirst });
  const { client } = opened;

  const project = await create(client, "Apollo");
  const all = await Array.fromAsync(listAll(client, "/projects"));

  assert.deepEqual(all.map(({ id }) => id), [project.id]);
});

Deno.test("after 429, everything is repeated; after 503, only what can't change something twice", async () => {
  const sent: string[] = [];
  const answers = [429, 200, 503, 503, 200];
  const answer = ({ method }: Request) => {
    sent.push(method);
    return Promise.resolve(new Response("{}", { status: answers.shift()! }));
  };
  const client = createDenizenClient({
    baseUrl: "http://api.test/api/v1",
    fetch: answer,
    sleep: async () => {},
  });
  const params = { path: { id: "1" } };

  const limited = await client.DELETE("/projects/{id}", { params });
  const unknown = await client.DELETE("/projects/{id}", { params });
  const read = await client.GET("/projects/{id}", { params });

  assert.deepEqual([limited, unknown, read].map(({ response }) => response.status), [200, 503, 200]);
  assert.deepEqual(sent, ["DELETE", "DELETE", "DELETE", "GET", "GET"]);
});

Deno.test("a PATCH whose answer was lost isn't repeated, nor is a request below /auth", async () => {
  const sent: string[] = [];
  const lose = (request: Request) => {
    sent.push(`${request.method} ${new URL(request.url).pathname}`);
    return Promise.reject(new TypeError("connection reset"));
  };
  const client = createDenizenClient({
    baseUrl: "http://api.test/api/v1",
    fetch: lose,
    sleep: async () => {},
  });

  await assert.rejects(client.PATCH("/projects/{id}", { params: { path: { id: "1" } }, body: {} }));
  await assert.rejects(client.POST("/auth/refresh", { body: { refresh_token: "once" } }));
  await assert.rejects(client.GET("/me"));

  assert.deepEqual(sent, [
    "PATCH /api/v1/projects/1",
    "POST /api/v1/auth/refresh",
    ...Array.from({ length: 4 }, () => "GET /api/v1/me"),
  ]);
});

Deno.test("a client waits as long as Retry-After says, repeats with one key, and gives up in the end", async () => {
  const keys: (string | null)[] = [];
  const waits: number[] = [];
  const client = createDenizenClient({
    baseUrl: "http://api.test/api/v1",
    token: () => Promise.resolve("token"),
    tenant: "acme",
    maxRetries: 2,
    fetch: ({ headers }) => {
      keys.push(headers.get("Idempotency-Key"));
      assert.deepEqual([headers.get("Authorization"), headers.get("X-Tenant")], ["Bearer token", "acme"]);
      return Promise.resolve(new Response("busy", { status: 503, headers: { "Retry-After": "7" } }));
    },
    sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
  });

  const failed = await create(client, "Apollo").catch((error) => error);

  assert.ok(failed instanceof ApiError);
  assert.equal(failed.status, 503);
  assert.deepEqual(waits, [7_000, 7_000]);
  assert.equal(new Set(keys).size, 1);
  assert.match(keys[0]!, /^[0-9a-f-]{36}$/);
});

Deno.test("a client doesn't repeat a request before the server wants it: after a longer wait than its own, it gets the answer", async () => {
  const inAnHour = new Date(Date.now() + HOUR).toUTCString();
  const asked = ["90", "91", inAnHour, "29", "31"];
  const waits: number[] = [];
  const clientWith = (options: Partial<ClientOptions>) =>
    createDenizenClient({
      baseUrl: "http://api.test/api/v1",
      maxRetries: 1,
      fetch: () =>
        Promise.resolve(new Response("{}", { status: 429, headers: { "Retry-After": asked.shift()! } })),
      sleep: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
      ...options,
    });

  const answers = [
    await clientWith({}).GET("/me"), // waits 90 seconds, and is told to wait 91
    await clientWith({}).GET("/me"),
    await clientWith({ maxWait: 30_000 }).GET("/me"), // waits 29 seconds, and is told to wait 31
  ];

  assert.deepEqual(waits, [90_000, 29_000]);
  assert.deepEqual(answers.map(({ response }) => [response.status, response.headers.get("Retry-After")]), [
    [429, "91"],
    [429, inAnHour],
    [429, "31"],
  ]);
});

Deno.test("every list of the API can be read to its end", async () => {
  await using opened = await open();
  const { client, company } = opened;
  const expected: Company["tenant"]["name"][] = [company.tenant.name];

  const tenants = await Array.fromAsync(listAll(client, "/tenants"), ({ name }) => name);
  const members = await Array.fromAsync(listAll(client, "/members"), ({ email }) => email);
  const roles = await Array.fromAsync(listAll(client, "/roles", { limit: 3 }), ({ id }) => id);

  assert.deepEqual(tenants, expected);
  assert.deepEqual(members, ["owner@acme.example"]);
  assert.equal(roles.length, 4);
});

Deno.test("a stream of events survives lost connections without losing or repeating an event", async () => {
  await using opened = await open();
  const { client, world, company } = opened;
  const stop = new AbortController();
  const events = streamEvents(client, { signal: stop.signal, sleep: () => Promise.resolve() });
  const first = events.next();
  while (world.services.use(OPEN_STREAMS).count === 0) await new Promise((done) => setTimeout(done, 10));

  const received: ReceivedEvent[] = [];
  for (const name of ["Apollo", "Gemini", "Mercury"]) {
    await create(client, name);
    received.push((received.length === 0 ? await first : await events.next()).value!);
    world.services.use(OPEN_STREAMS).endTenant(company.tenant.id);
  }
  stop.abort();
  const end = await events.next();

  assert.deepEqual(received.map(({ type, data }) => [type, data!.name]), [
    ["project.created", "Apollo"],
    ["project.created", "Gemini"],
    ["project.created", "Mercury"],
  ]);
  assert.equal(end.done, true);
});

Deno.test("a stream that the API refuses throws the problem", async () => {
  await using opened = await open({ token: "wrong", maxRetries: 0 });

  const refused = await streamEvents(opened.client).next().catch((error) => error);

  assert.ok(refused instanceof ApiError);
  assert.equal(refused.status, 401);
});
