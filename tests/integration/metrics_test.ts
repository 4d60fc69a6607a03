import assert from "node:assert/strict";
import { connect } from "../../db/connection/connect.ts";
import { createOperationsApp } from "../../routes/operations.ts";
import { billingAccounts } from "../../db/control/schema/billing.ts";
import { STORAGE } from "../../src/analytics/storage.ts";
import { API_USAGE } from "../../src/api_access/usage_counter.ts";
import { backupName } from "../../src/backups/retention.ts";
import { EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import { healthChecks } from "../../src/operations/health_checks.ts";
import { enqueue } from "../../src/outbox/outbox.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { Health } from "../../src/platform/health.ts";
import { newId } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { updateTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { HAS_ONE_BACKEND, newDataFolder } from "../support/database.ts";
import { ManualClock } from "../support/clock.ts";
import { addJob, doing, JOB, PAYLOAD, startWorker, until } from "../support/jobs.ts";
import { Metrics } from "../../src/platform/metrics.ts";
import { Exposition } from "../support/metrics.ts";
import { freePort, ServerProcess } from "../support/process.ts";
import { PRODUCTION } from "../support/production.ts";
import { S3Double } from "../support/s3_double.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: the metrics' names, types and labels, and who can see them. */

const TOKEN = "a token for the scraper";
const REQUESTS = "saas_tenant_requests_total";
const DURATIONS = "saas_api_duration_seconds";
const BACKUP_AGE_RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const ONE_REQUEST = { endpoint: "/login", method: "GET", status: 200, seconds: 0.1 };

Deno.test("every metric has the name, type and labels that dashboards rely on", async () => {
  await using world = await World.open();
  const { metrics } = world.services;
  metrics.jobEnded("email", "done", 0.2);
  metrics.webhookDelivered("delivered");
  metrics.rateLimited("starter");
  await world.raw("GET", world.host(), "/login");

  const scraped = await scrape(world);

  const shapes = Object.fromEntries(
    [...scraped.types].map(([name, type]) => {
      const [sample] = scraped.where(type === "histogram" ? `${name}_count` : name);
      return [name, [type, ...Object.keys(sample!.labels)].join(" ")];
    }),
  );
  assert.deepEqual(shapes, {
    saas_tenant_requests_total: "counter tenant_id endpoint method status",
    saas_api_duration_seconds: "histogram tenant_id endpoint",
    saas_active_subscriptions: "gauge plan",
    saas_jobs_total: "counter queue outcome",
    saas_job_duration_seconds: "histogram queue",
    saas_queue_depth: "gauge queue",
    saas_queue_oldest_seconds: "gauge queue",
    saas_jobs_failed: "gauge queue",
    saas_past_due_accounts: "gauge",
    saas_health_check: "gauge check",
    saas_webhook_deliveries_total: "counter outcome",
    saas_db_pool_connections: "gauge lane state",
    saas_rate_limited_total: "counter plan",
    saas_rate_limiter_failures_total: "counter limit",
    saas_signups_total: "counter",
    saas_event_streams: "gauge",
    saas_request_log_waiting: "gauge",
    saas_request_log_dropped_total: "counter",
  });
});

Deno.test("requests are counted by tenant, route pattern, method and status, never by the raw path", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  const project = await world.api("POST", "/projects", { token, body: { name: "Apollo" } });
  const path = `/projects/${project.json.id}`;
  const tenant_id = acme.tenant.id;

  for (let call = 0; call < 3; call++) await world.api("GET", path, { token });
  await world.api("GET", "/projects?search=apollo", { token });
  await world.api("GET", path);
  await world.raw("GET", world.host("acme"), `/projects/${project.json.id}/edit`);
  await world.raw("GET", world.host(), "/static/app.css?v=1");
  await world.raw("GET", world.host(), "/static/favicon.svg");
  await world.raw("GET", world.host(), "/nowhere/at/all");
  await world.raw("GET", world.host(), "/api/v1/nowhere");
  await world.raw("BREW", world.host(), "/login");
  const text = (await world.raw("GET", world.host(), "/metrics")).text;

  const scraped = new Exposition(text);
  const requests = (labels: Record<string, string>) => scraped.sum(REQUESTS, labels);
  const one = { endpoint: "/api/v1/projects/:id", method: "GET" };
  assert.equal(requests({ ...one, tenant_id, status: "200" }), 3);
  assert.equal(requests({ ...one, tenant_id: "none", status: "401" }), 1);
  assert.equal(requests({ endpoint: "/api/v1/projects", method: "GET", tenant_id, status: "200" }), 1);
  assert.equal(requests({ endpoint: "/projects/:id/edit", method: "GET", tenant_id }), 1);
  assert.equal(requests({ endpoint: "/static/:name", tenant_id: "none" }), 2);
  assert.equal(requests({ endpoint: "unmatched", method: "GET", status: "404" }), 1);
  assert.equal(requests({ endpoint: "unmatched", method: "GET", status: "401" }), 1);
  assert.equal(requests({ method: "OTHER" }), 1);
  assert.equal(scraped.sum(`${DURATIONS}_count`), scraped.sum(REQUESTS));
  assert.equal(scraped.sum(`${DURATIONS}_count`, { tenant_id, endpoint: one.endpoint }), 3);
  for (const told of [project.json.id, "apollo", "Apollo", "nowhere", "BREW", "app.css"]) {
    assert.ok(!text.includes(told), told);
  }
});

Deno.test("the metrics contain no secrets, email addresses or company names", async () => {
  await using world = await World.open({ METRICS_TOKEN: TOKEN });
  const browser = world.browser();
  await browser.post(`http://${world.host()}/signup`, {
    company_name: "Acme Robotics",
    subdomain: "acme",
    name: "Ada Lovelace",
    email: "ada@acme.example",
    password: PASSWORD,
  });
  await browser.post(`http://${world.host("acme")}/login?next=/x`, {
    email: "ada@acme.example",
    password: "x",
  });

  const { text } = await world.raw("GET", world.host(), "/metrics", bearer(TOKEN));

  assert.equal(new Exposition(text).sum("saas_signups_total"), 1);
  for (const told of [TOKEN, PASSWORD, "ada@", "Ada", "Acme", "acme", "next", "localhost", "127.0.0.1"]) {
    assert.ok(!text.includes(told), told);
  }
});

Deno.test("the busiest tenants get their own label, the others share one, and no request is lost", async () => {
  await using world = await World.open({ METRICS_MAX_TENANTS: "2" });
  const ids: Record<string, string> = {};
  for (const name of ["anna", "bert", "carl", "dora"]) ids[name] = (await world.company(name)).tenant.id;
  const visit = async (times: Record<string, number>) => {
    for (const [name, count] of Object.entries(times)) {
      for (let visit = 0; visit < count; visit++) await world.raw("GET", world.host(name), "/login");
    }
  };
  const visits = { endpoint: "/login" };

  await visit({ carl: 1, dora: 2, anna: 5, bert: 6 });
  const first = await scrape(world);
  world.clock.advance(MINUTE);
  const ranked = await scrape(world);
  await visit({ anna: 3, bert: 4, carl: 1, dora: 1 });
  const last = await scrape(world);

  assert.deepEqual(first.valuesOf(REQUESTS, "tenant_id"), sorted(ids.carl!, ids.dora!, "other"));
  assert.equal(first.sum(REQUESTS, { ...visits, tenant_id: "other" }), 11);
  assert.equal(ranked.sum(REQUESTS, { ...visits, tenant_id: "other" }), 14);
  assert.deepEqual(last.valuesOf(REQUESTS, "tenant_id"), sorted(ids.anna!, ids.bert!, "none", "other"));
  assert.equal(last.sum(REQUESTS, { ...visits, tenant_id: ids.anna! }), 3);
  assert.equal(last.sum(REQUESTS, { ...visits, tenant_id: ids.bert! }), 4);
  assert.equal(last.sum(REQUESTS, { ...visits, tenant_id: "other" }), 16);
  assert.deepEqual([first, ranked, last].map((scraped) => scraped.sum(REQUESTS, visits)), [14, 14, 23]);
  assert.equal(last.sum(`${DURATIONS}_count`, visits), 23);
});

Deno.test("a deleted tenant leaves no label behind", async () => {
  await using world = await World.open();
  const { tenant } = await world.company("acme");
  await world.raw("GET", world.host("acme"), "/login");

  world.services.forgetTenant(tenant.id);
  const scraped = await scrape(world);

  assert.equal(scraped.where(REQUESTS, { tenant_id: tenant.id }).length, 0);
  assert.equal(scraped.sum(REQUESTS, { endpoint: "/login", tenant_id: "other" }), 1);
});

Deno.test("a tenant deleted by another process has no label at the next scrape, and no request is lost", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const replica = await world.replica();
  for (const { tenant } of [acme, globex]) replica.metrics.requestEnded(tenant.id, ONE_REQUEST);

  await deleteTenant(world.system, acme.tenant.id);
  const scraped = new Exposition((await replica.metrics.scrape()).text);
  await replica.close();

  assert.equal(scraped.where(REQUESTS, { tenant_id: acme.tenant.id }).length, 0);
  assert.equal(scraped.sum(REQUESTS, { tenant_id: globex.tenant.id }), 1);
  assert.equal(scraped.sum(REQUESTS, { tenant_id: "other" }), 1);
});

Deno.test({
  name: "with notifications, a process forgets a tenant as soon as another one deletes it",
  // The embedded database serves one process, and a pooler doesn't forward notifications.
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    await using world = await World.open();
    const [acme, globex] = [await world.company("acme"), await world.company("globex")];
    const replica = await world.replica();
    const listens = await replica.use(TENANTS).listen(replica.forgetTenant);
    for (const { tenant } of [acme, globex]) {
      replica.metrics.requestEnded(tenant.id, ONE_REQUEST);
      replica.use(API_USAGE).count(tenant.id);
      replica.use(STORAGE).sizes.set(tenant.id, 1);
    }

    await updateTenant(await openTenant(world.system, globex.tenant.id), { name: "Globex Corporation" });
    await deleteTenant(world.system, acme.tenant.id);
    await until(() => replica.metrics.labeledTenants().length < 2);
    const { metrics } = replica;
    const left = [acme, globex].map(({ tenant }) => replica.use(STORAGE).sizes.get(tenant.id) !== undefined);
    const found = await replica.use(TENANTS).findById(acme.tenant.id);
    await replica.close();

    assert.equal(listens, true);
    assert.deepEqual(metrics.labeledTenants(), [globex.tenant.id]);
    assert.deepEqual([left, found], [[false, true], null]);
  },
});

Deno.test("tenants are counted by plan, every plan appears, and a scrape works if a figure is missing", async () => {
  await using world = await World.open();
  await world.company("acme");
  await world.company("globex", "Globex", undefined, "starter");

  const scraped = await scrape(world);
  world.services.metrics.onScrape(() => Promise.reject(new Error("the queue does not answer")));
  const broken = await world.raw("GET", world.host(), "/metrics");

  const plans = scraped.where("saas_active_subscriptions").map(({ labels, value }) => [labels.plan, value]);
  assert.deepEqual(plans, [["starter", 1], ["team", 0], ["premium", 1], ["enterprise", 0]]);
  assert.equal(broken.status, 200);
  assert.equal(new Exposition(broken.text).sum("saas_active_subscriptions"), 2);
});

Deno.test("connections are reported by lane and state", async () => {
  await using world = await World.open({}, { connections: 12, lanes: 3 });

  const scraped = await scrape(world);
  const busy = await world.system.tx(() => Promise.resolve(world.services.db.stats()));

  assert.deepEqual(scraped.valuesOf("saas_db_pool_connections", "lane"), [
    "0",
    "1",
    "2",
    "batch",
    "control",
  ]);
  assert.deepEqual(scraped.valuesOf("saas_db_pool_connections", "state"), ["busy", "idle", "waiting"]);
  assert.deepEqual(busy[0], { lane: "control", busy: 1, idle: 0, waiting: 0 });
});

Deno.test("with a token set, metrics require it", async () => {
  await using world = await World.open({ ...PRODUCTION, METRICS_TOKEN: TOKEN });
  const ask = (headers = {}) => world.raw("GET", "10.0.0.7", "/metrics", headers);

  for (const headers of [{}, bearer("another token of it"), bearer(`${TOKEN}!`), { Authorization: TOKEN }]) {
    const { status, text, headers: answered } = await ask(headers);
    assert.equal(status, 401);
    assert.equal(answered["www-authenticate"], "Bearer");
    assert.doesNotMatch(text, /saas_/);
  }
  const answer = await ask(bearer(TOKEN));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(answer.headers["cache-control"], "no-store");
});

Deno.test("without settings, production shows no metrics and development does", async () => {
  await using production = await World.open(PRODUCTION);
  await using development = await World.open({ DENO_ENV: "development" });

  assert.equal((await production.raw("GET", "app.example", "/metrics")).status, 404);
  assert.equal((await development.raw("GET", development.host(), "/metrics")).status, 200);
});

Deno.test("with METRICS_PORT, metrics are only there, and require the token if there is one", async () => {
  const folder = await newDataFolder();
  const metricsPort = await freePort();
  const variables = { DATA_DIR: folder, METRICS_PORT: String(metricsPort), METRICS_TOKEN: TOKEN };
  try {
    await using server = await ServerProcess.start({ ...PRODUCTION, ...variables });
    await server.ready();
    const ask = async (port: number, path: string, headers = {}) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      return { status: answer.status, text: await answer.text(), cache: answer.headers.get("Cache-Control") };
    };

    const metrics = await ask(metricsPort, "/metrics", bearer(TOKEN));
    const statuses = await Promise.all([
      ask(server.port, "/metrics", bearer(TOKEN)),
      ask(metricsPort, "/metrics"),
      ask(metricsPort, "/health"),
      ask(metricsPort, "/ready"),
      ask(metricsPort, "/login"),
    ]);
    const { code } = await server.stop("SIGTERM");

    assert.deepEqual([metrics.status, metrics.cache], [200, "no-store"]);
    assert.ok(new Exposition(metrics.text).sum(REQUESTS, { endpoint: "/ready" }) >= 1);
    assert.deepEqual(statuses.map(({ status }) => status), [404, 401, 200, 200, 404]);
    assert.equal(code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("health lists all checks; the embedded database also needs the disk", async () => {
  await using world = await World.open();

  const { status, text } = await world.raw("GET", world.host(), "/health");

  const json = JSON.parse(text);
  assert.equal(status, 200);
  assert.deepEqual([json.status, typeof json.timestamp, json.version], ["healthy", "string", "0.1.0"]);
  assert.deepEqual(
    json.checks.map(({ name, status }: Record<string, string>) => `${name} ${status}`),
    ["database ok", "cache ok", "queue ok", "mail ok", "disk ok"],
  );
  assert.ok(json.checks.every((check: { duration_ms: number }) => check.duration_ms >= 0));
});

Deno.test("without a database, or a disk for the embedded one, the product is unhealthy", async () => {
  await using world = await World.open();
  const { config, clock, services } = world;
  const unreachable = connect({ url: "postgres://nobody@127.0.0.1:1/none" });
  const failing = {
    "database, queue": healthChecks({ ...services, db: unreachable }),
    disk: healthChecks({ ...services, config: { ...config, dataDir: "/nowhere/to/write" } }),
  };

  for (const [names, checks] of Object.entries(failing)) {
    const app = createOperationsApp({ ...services, health: new Health(clock, checks) });
    const health = await app.request("/health");
    const { status, checks: results } = await health.json();
    assert.deepEqual([health.status, status, (await app.request("/ready")).status], [503, "unhealthy", 503]);
    const failed = results.filter((result: { status: string }) => result.status === "fail");
    assert.equal(failed.map((result: { name: string }) => result.name).join(", "), names);
  }
  await unreachable.close();
});

Deno.test("if only email fails, the product is degraded, says so, and keeps serving", async () => {
  await using world = await World.open();
  const { clock, services } = world;
  const mail = Object.assign(Object.create(services.use(EMAIL_TRANSPORT)), {
    check: () => Promise.reject(new Error("connection refused")),
  });
  const use: typeof services.use = (part) => part.name === EMAIL_TRANSPORT.name ? mail : services.use(part);
  const health = new Health(clock, healthChecks({ ...services, use }));
  const app = createOperationsApp({ ...services, health });

  const answer = await app.request("/health");
  const ready = await app.request("/ready");

  assert.deepEqual([answer.status, (await answer.json()).status], [200, "degraded"]);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready" }]);
});

Deno.test("if jobs wait and no process runs them, the product is degraded until one does", async () => {
  await using world = await World.open();
  const { system, services, clock } = world;
  const health = async () => (await new Health(clock, healthChecks(services)).report()).status;
  await system.tx((tx) => enqueue(system, tx, JOB, PAYLOAD));
  const atFirst = await health();
  clock.advance(3 * MINUTE);
  const later = await health();
  const before = (await scrape(world)).sum("saas_queue_depth", { queue: "analytics" });
  await using worker = await startWorker(world, "kv", {
    ...doing(() => {}),
  });
  await worker.idle();

  assert.deepEqual([atFirst, later, await health()], ["healthy", "degraded", "healthy"]);
  const exposition = await scrape(world);
  assert.deepEqual([before, exposition.sum("saas_queue_depth", { queue: "analytics" })], [1, 0]);
  assert.equal(exposition.sum("saas_jobs_total", { queue: "analytics", outcome: "done" }), 1);
});

Deno.test("10,000 tenants don't make a scrape larger than the busiest ones do, and no request is lost", async () => {
  const metrics = new Metrics({ maxTenants: 20, clock: new ManualClock() });
  const endpoints = ["/a", "/b", "/c", "/d", "/e"].map((endpoint) => ({ ...ONE_REQUEST, endpoint }));
  const visit = async (from: number, to: number) => {
    for (let tenant = from; tenant < to; tenant++) {
      for (const request of endpoints) metrics.requestEnded(`tenant-${tenant}`, request);
    }
    return new Exposition((await metrics.scrape()).text);
  };

  const full = await visit(0, 21);
  const crowded = await visit(21, 10_000);

  assert.equal(crowded.samples.length, full.samples.length);
  assert.equal(crowded.valuesOf(REQUESTS, "tenant_id").length, 21);
  assert.equal(crowded.sum(REQUESTS), 50_000);
});

Deno.test("figures to alert on: the oldest waiting job, failed jobs, failed payments, failed checks, the newest backup", async () => {
  await using s3 = new S3Double();
  await using world = await World.open({ ...s3.variables, BACKUP_AGE_RECIPIENT });
  const acme = await world.company("acme");
  const { system, clock } = world;
  const at = clock.now();
  await system.tx((tx) => enqueue(system, tx, JOB, PAYLOAD));
  await addJob(world, { state: "failed" });
  const account = { id: newId(), tenantId: acme.tenant.id, pastDueSince: at, createdAt: at, updatedAt: at };
  await system.control.insert(billingAccounts).values({ ...account, gateway: "sandbox" })
    .onConflictDoUpdate({ target: billingAccounts.tenantId, set: { pastDueSince: at } });
  s3.objects.set(`folder/${backupName(at)}`, new Uint8Array(1));
  clock.advance(3 * MINUTE);
  const scraped = await scrape(world);

  const value = (name: string, labels = {}) => scraped.sum(name, labels);
  assert.equal(value("saas_queue_oldest_seconds", { queue: "analytics" }), 180);
  assert.equal(value("saas_jobs_failed"), 1);
  assert.equal(value("saas_past_due_accounts"), 1);
  assert.deepEqual([
    value("saas_health_check", { check: "queue" }),
    value("saas_health_check", { check: "disk" }),
  ], [0, 1]);
  assert.equal(value("saas_last_backup_timestamp_seconds"), Math.floor(at.getTime() / 1_000));
});

Deno.test("a due retry needs a process, too", async () => {
  await using world = await World.open();
  const { services, clock } = world;
  const health = async () => (await new Health(clock, healthChecks(services)).report()).status;
  await addJob(world, { state: "waiting" });
  const atFirst = await health();
  clock.advance(3 * MINUTE);

  assert.deepEqual([atFirst, await health()], ["healthy", "degraded"]);
});

Deno.test("if nothing is stored in files, health lists the disk but doesn't need it", async () => {
  await using world = await World.open();
  const elsewhere = {
    databaseUrl: "postgres://app@db/app",
    jobsEngine: "postgres",
    dataDir: "/nowhere",
  } as const;
  const checks = healthChecks({ ...world.services, config: { ...world.config, ...elsewhere } });

  const report = await new Health(world.clock, checks).report();

  assert.deepEqual(report.checks.map(({ name, status }) => `${name} ${status}`), [
    "database ok",
    "cache ok",
    "queue ok",
    "mail ok",
    "disk ok",
  ]);
});

async function scrape(world: World): Promise<Exposition> {
  return new Exposition((await world.raw("GET", world.host(), "/metrics")).text);
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

function sorted(...names: string[]): string[] {
  return names.sort();
}
