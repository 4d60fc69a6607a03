import assert from "node:assert/strict";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { DAY } from "../../src/platform/clock.ts";
import { addCall, flushCalls } from "../support/api_calls.ts";
import type { Browser } from "../support/browser.ts";
import type { ApiCall } from "../support/http.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: owners and admins see every API call of their workspace, by whom, how it ended and how long it took, without bodies;
 * nobody else does.
 */

Deno.test("the request log", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const member = await world.member(acme, "ben@acme.example", "member");
  const token = await world.token(acme);
  const host = `http://${world.host("acme")}`;
  const browser = await signIn(world, acme, acme.owner.email);
  const call = async (method: string, path: string, rest: Partial<ApiCall> = {}) => {
    const answer = await world.api(method, path, { token, ...rest });
    world.clock.advance(1_000);
    return String(answer.headers["x-request-id"]);
  };
  const created = await call("POST", "/projects", { body: { name: "Apollo" } });
  const invalid = await call("POST", "/projects", { body: { name: "" } });
  const missing = await call("GET", "/projects/0198c0de-0000-7000-8000-000000000000");
  const unknown = await call("GET", "/nowhere");
  await call("GET", "/projects", { token: await world.token(acme, member.email) });
  await call("GET", "/projects", { token: "wrong" });
  await flushCalls(world.services);

  await t.step("lists every authenticated call, newest first, and leads there from the sidebar", async () => {
    const { text } = await browser.get(`${host}/developers/logs`);

    assert.deepEqual(rowsOf(text).map((row) => row.replace(/[\d.]+ ms/g, "N ms")), [
      "GET /projects 200 N ms Mar 2, 09:00:04 200 B ben N ms Mar 2, 09:00:04",
      "GET Unknown endpoint 404 N ms Mar 2, 09:00:03 404 OA Owner of Acme N ms Mar 2, 09:00:03",
      "GET /projects/{id} 404 N ms Mar 2, 09:00:02 404 OA Owner of Acme N ms Mar 2, 09:00:02",
      "POST /projects 422 N ms Mar 2, 09:00:01 422 OA Owner of Acme N ms Mar 2, 09:00:01",
      "POST /projects 201 N ms Mar 2, 09:00:00 201 OA Owner of Acme N ms Mar 2, 09:00:00",
    ]);
    assert.match(text, /<a href="\/developers\/logs" aria-current="page"/);
  });

  await t.step("filters by status, method, endpoint, caller and day with a plain form", async () => {
    const found = async (query: string) =>
      rowsOf((await browser.get(`${host}/developers/logs?${query}`)).text).length;

    assert.equal(await found("status=2xx&method=all&endpoint=all&actor=all&since=&until="), 2);
    assert.equal(await found("status=error"), 3);
    assert.equal(await found("status=4xx&method=POST"), 1);
    assert.equal(await found("status=5xx"), 0);
    assert.equal(await found(`endpoint=${encodeURIComponent("/projects/{id}")}`), 1);
    assert.equal(await found(`actor=${member.id}`), 1);
    assert.equal(await found("since=2026-03-02&until=2026-03-02"), 5);
    assert.equal(await found("since=2026-03-03"), 0);
    assert.equal(await found("status=teapot&method=BREW&actor=nobody&since=yesterday"), 5);
  });

  await t.step("shows one call by its request id, and finds it by the id that an answer names", async () => {
    const page = await browser.get(`${host}/developers/logs/${invalid}`);
    const search = await browser.get(`${host}/developers/logs/find?request_id=%20${created}`);
    const wrong = await browser.get(`${host}/developers/logs/find?request_id=abc`);

    assert.match(plain(page.text), /Endpoint POST \/projects Status 422 Error code fields_invalid/);
    assert.match(plain(page.text), /Duration [\d.]+ ms Request ID [0-9a-f-]{36}/);
    assert.match(plain(page.text), /Name OA Owner of Acme Type Member IP address 127\.0\.0\.1/);
    assert.match(plain(search.text), /POST \/projects Status 201/);
    assert.match(plain(wrong.text), /This request was not found\. The log keeps requests for 30 days\./);
    assert.match(plain((await browser.get(`${host}/developers/logs/${missing}`)).text), /project_not_found/);
    assert.match(plain((await browser.get(`${host}/developers/logs/${unknown}`)).text), /route_not_found/);
  });

  await t.step("downloads the filtered calls as CSV", async () => {
    const { text } = await browser.get(`${host}/developers/logs.csv?status=4xx`);

    const [heads, ...lines] = text.trim().split("\r\n");
    assert.equal(
      heads,
      "Time,Method,Endpoint,Status,Error code,Duration (ms),Caller,Caller type,Caller ID,IP address,Request ID",
    );
    assert.equal(lines.length, 3);
    assert.match(
      lines[2]!,
      /^2026-03-02T09:00:01\.000Z,POST,\/projects,422,fields_invalid,[\d.]+,Owner of Acme,member,/,
    );
  });

  await t.step("is the same at the API, page by page, and never has a body", async () => {
    const first = await world.api("GET", "/request-log?limit=3", { token });
    const second = await world.api("GET", `/request-log?limit=3&cursor=${first.json.next_cursor}`, { token });
    const errors = await world.api("GET", "/request-log?status=error&method=POST", { token });
    const wrong = await world.api("GET", "/request-log?status=teapot", { token });

    const ids = [...first.json.data, ...second.json.data].map(({ id }: { id: string }) => id);
    assert.equal(ids.length, 5);
    assert.deepEqual(ids.slice(1), [unknown, missing, invalid, created]);
    assert.equal(second.json.next_cursor, null);
    const { duration_ms, ...rest } = errors.json.data[0];
    assert.ok(duration_ms > 0);
    assert.deepEqual(rest, {
      id: invalid,
      at: "2026-03-02T09:00:01.000Z",
      method: "POST",
      endpoint: "/projects",
      status: 422,
      error_code: "fields_invalid",
      ip_address: "127.0.0.1",
      actor: { type: "member", id: acme.owner.id, name: "Owner of Acme" },
    });
    assert.equal(wrong.status, 422);
  });

  await t.step("is hidden from members, who get 403 from the page, the file and the API", async () => {
    const other = await signIn(world, acme, member.email);
    const others = await world.token(acme, member.email);

    assert.doesNotMatch((await other.get(`${host}/projects`)).text, /developers\/(logs|usage)/);
    for (const path of ["logs", "logs.csv", `logs/${created}`, `logs/find?request_id=${created}`, "usage"]) {
      assert.equal((await other.get(`${host}/developers/${path}`)).status, 403, path);
    }
    assert.equal((await world.api("GET", "/request-log", { token: others })).status, 403);
  });

  await t.step("S03 doesn't show another workspace's calls", async () => {
    const globex = await world.company("globex");
    const neighbor = await signIn(world, globex, globex.owner.email);

    const list = await neighbor.get(`http://${world.host("globex")}/developers/logs`);
    const one = await neighbor.get(`http://${world.host("globex")}/developers/logs/${created}`);

    assert.match(plain(list.text), /No requests yet/);
    assert.equal(one.status, 404);
  });
});

Deno.test("a call with an API key is logged as the key's, and found by the key", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const input = newApiKey.parse({ name: "Nightly import", permissions: ["projects:read"] });
  const [key, other] = [(await createApiKey(acme.ctx, input))!, (await createApiKey(acme.ctx, input))!];
  const token = await world.token(acme);
  const list = (headers: Record<string, string>) => world.api("GET", "/projects", { headers });
  const called = await list({ "X-API-Key": key.apiKey });
  await list({ "X-API-Key": other.apiKey });
  await list({ Authorization: `Bearer ${token}` });
  await flushCalls(world.services);

  const { json } = await world.api("GET", `/request-log?actor=${key.id}`, { token });

  const found = json.data.map(({ id, actor }: { id: string; actor: unknown }) => ({ id, actor }));
  const actor = { type: "key", id: key.id, name: "Nightly import" };
  assert.deepEqual(found, [{ id: called.headers["x-request-id"], actor }]);
});

Deno.test("the usage report", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const admin = await world.member(acme, "ada@acme.example", "admin");
  const host = `http://${world.host("acme")}`;
  const input = newApiKey.parse({ name: "Nightly import", permissions: ["projects:write"] });
  const { id: keyId } = (await createApiKey(acme.ctx, input))!;
  const callers = [
    { type: "member", id: acme.owner.id, name: "Owner of Acme" },
    { type: "key", id: keyId, name: "Nightly import" },
  ] as const;
  for (let number = 1; number <= 100; number++) {
    addCall(world, acme, {
      actor: callers[number % 10 === 0 ? 1 : 0],
      method: number % 4 === 0 ? "POST" : "GET",
      status: number % 50 === 0 ? 500 : 200,
      milliseconds: number,
    });
  }
  await flushCalls(world.services);
  world.clock.advance(2 * DAY);
  const browser = await signIn(world, acme, admin.email);
  const read = async (query = "") => plain((await browser.get(`${host}/developers/usage${query}`)).text);

  await t.step("shows calls, errors and percentiles, at most 5 % off", async () => {
    const text = await read();

    const [, p50, p95, p99] = /Calls 100 Errors 2 2% of calls p50 ([\d.]+) ms p95 ([\d.]+) ms p99 ([\d.]+) ms/
      .exec(text)!.map(Number);
    assertNear(p50!, 50);
    assertNear(p95!, 95);
    assertNear(p99!, 99);
    assert.match(text, /API calls and errors per day, from Feb 3 to Mar 4: 100 calls, 2 errors\./);
    assert.match(text, /Mar 2 100 2 Mar 3 0 0 Mar 4 0 0/);
  });

  await t.step("shows p50, p95 and p99 of each day as lines and as a table", async () => {
    const text = await read();

    assert.match(text, /Latency by day p50 p95 p99 /);
    assert.match(
      text,
      /Median, 95th and 99th percentile of durations per day, from Feb 3 to Mar 4\. Day p50 p95 p99 /,
    );
    const [, ...day] = /Mar 2 ([\d.]+) ms ([\d.]+) ms ([\d.]+) ms Mar 3/.exec(text)!.map(Number);
    for (const [index, expected] of [50, 95, 99].entries()) assertNear(day[index]!, expected);
  });

  await t.step("shows the calls, errors and percentiles of each endpoint and each key", async () => {
    const text = await read();

    const figuresOf = (line: string) =>
      new RegExp(`${line} Calls (\\d+) Error rate (\\d+)% p50 ([\\d.]+) ms p95 ([\\d.]+) ms p99 ([\\d.]+) ms`)
        .exec(text)!.slice(1).map(Number);
    const [ofEndpoint, ofKey] = [figuresOf("POST /projects"), figuresOf("Nightly import")];

    assert.deepEqual([ofEndpoint.slice(0, 2), ofKey.slice(0, 2)], [[25, 4], [10, 20]]);
    for (const [index, expected] of [52, 96, 100].entries()) assertNear(ofEndpoint[2 + index]!, expected);
    for (const [index, expected] of [50, 100, 100].entries()) assertNear(ofKey[2 + index]!, expected);
  });

  await t.step(
    "has a line for each endpoint and caller, busiest first, linked to their requests",
    async () => {
      const { text } = await browser.get(`${host}/developers/usage`);

      const names = [
        ...text.matchAll(/<a href="\/developers\/usage\?(?:operation|actor)=[^"]*"[^>]*>(.*?)<\/a>/g),
      ]
        .map(([, name]) => plain(name!));
      assert.deepEqual(names, ["GET /projects", "POST /projects", "OA Owner of Acme", "Nightly import"]);
      assert.match(
        text,
        /href="\/developers\/logs\?method=POST&amp;endpoint=%2Fprojects&amp;since=2026-02-03"/,
      );
    },
  );

  await t.step("narrows to an endpoint, a caller and a period", async () => {
    assert.match(await read("?operation=POST+%2Fprojects"), /Calls 25 Errors 1 4% of calls/);
    assert.match(await read(`?actor=${keyId}`), /Calls 10 Errors 2 20% of calls/);
    assert.match(await read("?days=7&operation=nonsense&actor=nobody"), /Calls 100/);
    assert.match(await read("?operation=PUT+%2Fprojects"), /No API calls in this period/);
  });

  await t.step("covers the last days, today included", async () => {
    world.clock.advance(5 * DAY);
    await browser.post(`${host}/login`, { email: admin.email, password: PASSWORD });

    assert.match(await read("?days=7"), /No API calls in this period/);
    assert.match(await read("?days=90"), /Calls 100/);
  });
});

function assertNear(value: number, expected: number): void {
  assert.ok(Math.abs(value / expected - 1) <= 0.06, `${value} is near ${expected}`);
}

async function signIn(world: World, { tenant }: Company, email: string): Promise<Browser> {
  const browser = world.browser();
  await browser.post(`http://${world.host(tenant.subdomain)}/login`, { email, password: PASSWORD });
  return browser;
}

/** The text of each row of a list. */
function rowsOf(html: string): string[] {
  return [...html.matchAll(/<tr id="request-[^>]*>(.*?)<\/tr>/gs)].map(([, row]) => plain(row!));
}

function plain(html: string): string {
  return html.replace(/<svg.*?<\/svg>/gs, " ").replace(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ").trim();
}
