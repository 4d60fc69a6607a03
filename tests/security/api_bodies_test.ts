import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { flushCalls } from "../support/api_calls.ts";
import { checkContract, OPERATIONS } from "../support/contract.ts";
import { send } from "../support/http.ts";
import { World } from "../support/world.ts";

/**
 * Protects: no operation of the API reads a body that is too large, malformed, or a trick (S31), and a refused body is a call like
 * any other: authenticated, limited, and in the request log.
 */

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

const BODIES: [name: string, status: number, body: string | Uint8Array, headers?: Record<string, string>][] =
  [
    ["more than 1 MB", 413, JSON.stringify({ name: "x".repeat(MEGABYTE) })],
    ["100 levels of JSON", 422, "[".repeat(100) + "]".repeat(100)],
    ["__proto__", 422, '{"name":"x","__proto__":{"role":"owner"}}'],
    ["NUL", 422, '{"name":"a\\u0000b"}'],
    [
      "invalid UTF-8",
      422,
      Uint8Array.from([...new TextEncoder().encode('{"name":"'), 0xff, 0xfe, 0x22, 0x7d]),
    ],
    ["half a surrogate pair", 422, '{"name":"\\ud800"}'],
    ["a gzip bomb", 422, gzipSync(new Uint8Array(20 * MEGABYTE)), { "Content-Encoding": "gzip" }],
    ["JSON that breaks off", 422, '{"name":'],
  ];

Deno.test("S31 every operation with a body rejects what it must not read", async (t) => {
  await using world = await World.open();
  const { owner } = await world.company("acme");
  const Authorization = `Bearer ${await world.accountToken(owner.email)}`;
  const before = await world.countAll();
  const operations = OPERATIONS.filter(({ requestBody }) => requestBody);
  assert.ok(operations.length >= 15);

  for (const [name, status, body, headers] of BODIES) {
    await t.step(name, async () => {
      for (const { method, path, operationId, security } of operations) {
        const call = {
          port: world.port,
          host: world.host(),
          method,
          path: `/api/v1${path.replace("{id}", "0198c0de-0000-7000-8000-000000000000")}`,
          body,
        };
        const types = { "Content-Type": "application/json", ...headers };
        const anonymous = await send({ ...call, headers: types });
        const answer = await send({ ...call, headers: { ...types, Authorization } });

        assert.equal(anonymous.status, security.length > 0 ? 401 : status, operationId);
        assert.equal(answer.status, status, operationId);
        checkContract(method, call.path, answer);
      }
    });
  }
  assert.deepEqual(await world.countAll(), before);
});

Deno.test("S31 a call whose body is refused is limited and in the request log, like any other", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const input = { name: "Import", permissions: ["projects:write"], requestsPerMinute: 2 };
  const { apiKey } = (await createApiKey(acme.ctx, newApiKey.parse(input)))!;
  const post = (body: string) => {
    world.clock.advance(1_000);
    return send({
      port: world.port,
      host: world.host(),
      method: "POST",
      path: "/api/v1/projects",
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      body,
    });
  };

  const answers = [await post('{"name":'), await post("x".repeat(MEGABYTE + 1)), await post('{"name":')];
  await flushCalls(world.services);
  const { json: log } = await world.api("GET", "/request-log", { token: await world.token(acme) });

  assert.deepEqual(answers.map(({ status }) => status), [422, 413, 429]);
  for (const { headers } of answers) assert.match(String(headers.ratelimit), /"key";r=\d+;t=\d+$/);
  assert.deepEqual(
    log.data.map(({ endpoint, status, actor }: LoggedCall) => [endpoint, status, actor.type]),
    [429, 413, 422].map((status) => ["/projects", status, "key"]),
  );
});

type LoggedCall = { endpoint: string; status: number; actor: { type: string } };

Deno.test("the request log says how long a call took without the time in which its body arrived", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const waited = 2_000;
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode('{"name":'));
      await new Promise((resolve) => setTimeout(resolve, waited));
      controller.enqueue(new TextEncoder().encode('"Apollo"}'));
      controller.close();
    },
  });

  const answer = await fetch(`http://localhost:${world.port}/api/v1/projects`, {
    method: "POST",
    headers: { "Authorization": `Bearer ${token}`, "Content-Type": "application/json" },
    body,
  });
  await answer.body?.cancel();
  await flushCalls(world.services);
  const { json: log } = await world.api("GET", "/request-log", { token });

  assert.equal(answer.status, 201);
  assert.ok(log.data[0].duration_ms < waited, `${log.data[0].duration_ms} ms`);
});

Deno.test("S31 nobody waits for a body that isn't read: not of a visitor, of an unknown route, or over the limit", async (t) => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const [large, endless] = [`Content-Length: ${20 * MEGABYTE}`, "Transfer-Encoding: chunked"];
  const calls: [status: number, path: string, length: string, token?: string][] = [
    [401, "/api/v1/projects", large],
    [401, "/api/v1/projects", endless],
    [401, "/api/v1/nowhere", endless],
    [404, "/api/v1/nowhere", endless, token],
    [413, "/api/v1/projects", large, token],
    [413, "/api/v1/auth/login", large],
  ];

  for (const [status, path, length, token] of calls) {
    await t.step(`${status} for ${path} with ${length}`, async () => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: world.port });
      const head = [
        `POST ${path} HTTP/1.1`,
        `Host: ${world.host()}`,
        "Content-Type: application/json",
        length,
        ...(token ? [`Authorization: Bearer ${token}`] : []),
        "",
        "",
      ];

      await connection.write(new TextEncoder().encode(head.join("\r\n")));
      const buffer = new Uint8Array(KILOBYTE);
      const received = await connection.read(buffer) ?? 0;

      assert.match(
        new TextDecoder().decode(buffer.subarray(0, received)),
        new RegExp(`^HTTP/1.1 ${status} `),
      );
    });
  }
});
