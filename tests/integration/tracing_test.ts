import assert from "node:assert/strict";
import { request } from "node:http";
import { parseConfig } from "../../src/config.ts";
import { readTraceParent } from "../../src/platform/tracing.ts";
import { Browser } from "../support/browser.ts";
import { newDataFolder } from "../support/database.ts";
import { callApi } from "../support/http.ts";
import { OtlpCollector } from "../support/otlp_collector.ts";
import { ServerProcess } from "../support/process.ts";

/** Protects: traces tell which tenant and route caused which transaction, and neither they nor the log contain secrets. */

const TOKEN = "tokenInAnAddress";
const WORD = "wordThatAUserEntered";
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const PROXY = "127.0.0.2";
const SERVER = 2; // kinds, as OTLP numbers them
const CLIENT = 3;
const CONSUMER = 5;
const PERSON = { email: "ada@acme.example", password: "correct horse battery" };

Deno.test("a server that exports traces, and logs every statement as slow", async (t) => {
  const folder = await newDataFolder();
  await using collector = OtlpCollector.open();
  await using server = await ServerProcess.start({
    ...collector.variables("parentbased_always_on"),
    DATA_DIR: folder,
    TRUSTED_PROXIES: PROXY,
    SLOW_QUERY: "0.000001",
  });
  try {
    await server.ready();
    const { port } = server;
    const apex = `http://localhost:${port}`;
    const browser = new Browser(port);
    await browser.post(`${apex}/signup`, { ...PERSON, name: "Ada", company_name: "Acme", subdomain: "acme" });
    const host = `acme.localhost:${port}`;
    const call = (method: string, path: string, token?: string, body?: unknown) =>
      callApi({ port, host, method, path: `/api/v1${path}`, body, token });
    const { json: { access_token: token } } = await call("POST", "/auth/login", undefined, {
      ...PERSON,
      tenant: "acme",
    });
    const { json: project } = await call("POST", "/projects", token, { name: WORD });
    await call("GET", `/projects?search=${WORD}`, token);
    await call("GET", `/projects/${project.id}`, token);
    for (const path of [`/reset-password?token=${TOKEN}`, `/unsubscribe/${TOKEN}`, `/invitations/${TOKEN}`]) {
      await browser.get(apex + path);
    }
    const sampled = `00-${TRACE}-${PARENT}-01`;
    await get({ port, path: "/pricing", from: PROXY, traceparent: sampled });
    await get({ port, path: "/forgot-password", from: PROXY, traceparent: sampled.replace(/01$/, "00") });
    await get({ port, path: "/login", from: "127.0.0.1", traceparent: sampled });
    const { code, stderr } = await server.stop("SIGTERM");
    const lines = stderr.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const one = (name: string) => collector.spans.find((span) => span.name === name)!;

    await t.step(
      "a request is a span with its route, tenant and status, and its access log line names the trace",
      () => {
        const span = one("GET /api/v1/projects/:id");
        const { "denizen.tenant_id": tenant, "denizen.request_id": requestId, ...facts } = span.attributes;
        const line = lines.find((each) => each.requestId === requestId);
        assert.deepEqual([span.kind, span.parentSpanId, code], [SERVER, "", 0]);
        assert.deepEqual(facts, {
          "http.route": "/api/v1/projects/:id",
          "http.request.method": "GET",
          "http.response.status_code": "200",
        });
        assert.deepEqual([line.traceId, line.tenantId], [span.traceId, tenant]);
      },
    );

    await t.step("each transaction of a request is a span in it, with the request's tenant and route", () => {
      const request = one("POST /api/v1/projects");
      const [transaction] = collector.spans.filter(({ name, parentSpanId }) =>
        name === "transaction" && parentSpanId === request.spanId
      );
      const { "db.namespace": schema, ...facts } = transaction!.attributes;
      assert.match(schema!, /^tenant_/);
      assert.equal(transaction!.kind, CLIENT);
      assert.deepEqual(facts, {
        "db.system.name": "postgresql",
        "http.route": "/api/v1/projects",
        "denizen.tenant_id": request.attributes["denizen.tenant_id"],
      });
    });

    await t.step("an attempt at a job is a trace of its own", () => {
      const job = collector.spans.find(({ kind }) => kind === CONSUMER)!;
      assert.equal(job.parentSpanId, "");
      assert.equal(job.name, `job ${job.attributes["denizen.job"]}`);
      assert.equal(job.attributes["denizen.attempt"], "1");
    });

    await t.step(
      "nobody chooses a request's trace or whether it is sampled: the trace that a trusted proxy passes on is linked, any other ignored",
      () => {
        const requests = [one("GET /pricing"), one("GET /forgot-password"), one("GET /login")];
        const linked = requests.map(({ links }) => links.map(({ traceId, spanId }) => [traceId, spanId]));
        assert.deepEqual(linked, [[[TRACE, PARENT]], [[TRACE, PARENT]], []]);
        for (const { traceId, parentSpanId } of requests) {
          assert.notEqual(traceId, TRACE);
          assert.equal(parentSpanId, "");
        }
      },
    );

    await t.step(
      "no span and no line of the log contains a token of an address or what a user entered",
      () => {
        assert.ok(one("GET /invitations/:token"));
        for (const secret of [TOKEN, WORD, token, PERSON.password, "acme.example", "Acme"]) {
          assert.ok(!collector.text.includes(secret), secret);
          assert.ok(!stderr.includes(secret), secret);
        }
      },
    );

    await t.step(
      "a slow statement is in the log with its duration and its schema, without its values",
      () => {
        const slow = lines.filter(({ logger, message }) =>
          logger === "denizen.database" && message === "slow statement"
        );
        const insert = slow.find(({ statement }) => /^insert into "projects"/.test(statement));
        assert.match(insert.holder, /^tenant_/);
        assert.equal(typeof insert.durationMs, "number");
        assert.match(insert.statement, /\$1/);
        assert.ok(!slow.some(({ statement }) => /^create schema "control"/i.test(statement)), "a migration");
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a process starts with traces only if Deno's own spans are off and a sampler is chosen", () => {
  const problemsOf = (variables: Record<string, string>) => {
    try {
      parseConfig(variables);
      return [];
    } catch (error) {
      return (error as Error).message.split("\n").map((line) => line.split(":")[0]);
    }
  };

  assert.deepEqual(problemsOf({ OTEL_DENO: "true" }), ["OTEL_DENO_TRACING", "OTEL_TRACES_SAMPLER"]);
  assert.deepEqual(problemsOf({ OTEL_DENO_TRACING: "true" }), ["OTEL_DENO_TRACING"]);
  assert.deepEqual(
    problemsOf({ OTEL_DENO: "true", OTEL_DENO_TRACING: "false", OTEL_TRACES_SAMPLER: "always_on" }),
    [],
  );
});

Deno.test("a malformed traceparent counts as none", () => {
  const valid = `00-${TRACE}-${PARENT}-01`;

  assert.deepEqual(readTraceParent(valid), { traceId: TRACE, spanId: PARENT, traceFlags: 1 });
  for (
    const header of [
      null,
      "",
      `${valid}-x`,
      valid.toUpperCase(),
      `01${valid.slice(2)}`,
      valid.replace(TRACE, "0".repeat(32)),
      valid.replace(PARENT, "0".repeat(16)),
    ]
  ) {
    assert.equal(readTraceParent(header), undefined, String(header));
  }
});

type Get = { port: number; path: string; from: string; traceparent: string };

/** A request from another address of this machine. */
function get({ port, path, from, traceparent }: Get): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request({
      host: "127.0.0.1",
      port,
      path,
      localAddress: from,
      agent: false,
      headers: { Host: `localhost:${port}`, traceparent },
    });
    call.on("response", (answer) => answer.on("end", resolve).resume()).on("error", reject).end();
  });
}
