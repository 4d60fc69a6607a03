import { eq, sql } from "drizzle-orm";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { outbox } from "../../db/control/schema/outbox.ts";
import { webhookDeliveries, webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import { rotateKeys } from "../../src/identity/key_rotation.ts";
import { parseConfig } from "../../src/config.ts";
import { HOUR } from "../../src/platform/clock.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { resumeTenant, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { getDelivery } from "../../src/webhooks/deliveries.ts";
import { createEndpoint, newEndpoint } from "../../src/webhooks/endpoints.ts";
import { openHeaders, readEndpoint, signingSecrets } from "../../src/webhooks/endpoint_rows.ts";
import { MAX_RESPONSE_BYTES, send } from "../../src/webhooks/send.ts";
import { RESOLVER } from "../../src/webhooks/target.ts";
import { AUTHORITY, CERTIFICATE, PRIVATE_KEY } from "../support/certificate.ts";
import { startWorker } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import {
  addProject,
  addWebhook,
  attemptsOf,
  deliveriesOf,
  openWebhookWorld,
  usePublicAddresses,
} from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: webhooks reach the internet only, carry their own tenant's events only, and can't be used against the product. */

const OUTGOING = {
  headers: { "webhook-id": "x", "webhook-timestamp": "1772442000", "webhook-signature": "v1,x" },
  body: '{"type":"webhook.test","timestamp":"2026-03-02T09:00:00.000Z","data":{"message":"Hello"}}',
};

Deno.test("S37 the API refuses an endpoint that isn't on the public internet", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  usePublicAddresses(world);
  const { id } = await addWebhook(acme, "https://hooks.acme.example/");
  world.services.use(RESOLVER).resolve = (host) =>
    Promise.resolve(host === "inside.example" ? ["10.0.0.7"] : ["93.184.215.14", "::1"]);
  const urls = [
    ...[
      "https://127.0.0.1/",
      "http://127.0.0.1:8000/",
      "https://2130706433/",
      "https://0x7f.1/",
      "https://0177.1/",
    ],
    ...[
      "https://[::1]/",
      "https://[::ffff:10.0.0.1]/",
      "https://169.254.169.254/latest/meta-data",
      "https://localhost/",
    ],
    ...[
      "https://100.64.0.1/",
      "https://224.0.0.1/",
      "https://inside.example/",
      "https://half-inside.example/",
    ],
  ];
  for (const url of urls) {
    await t.step(url, async () => {
      const answers = [
        await world.api("POST", "/webhook-endpoints", { token, body: { url, events: ["*"] } }),
        await world.api("PATCH", `/webhook-endpoints/${id}`, { token, body: { url } }),
      ];

      for (const { status, json } of answers) {
        assert.deepEqual([status, json.errors?.[0].field], [422, "url"]);
      }
    });
  }
  const stored = await world.system.control.select().from(webhookEndpoints);
  assert.deepEqual(stored.map(({ url }) => url), ["https://hooks.acme.example/"]);
});

Deno.test("S37 a name that leads inside only at delivery is refused there, before any connection", async () => {
  await using world = await World.open();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  usePublicAddresses(world);
  await addWebhook(acme, `https://rebinding.example:${receiver.port}/`);
  world.services.use(RESOLVER).resolve = () => Promise.resolve(["127.0.0.1"]);
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();

  const [delivery] = await deliveriesOf(world, acme);
  assert.deepEqual([delivery!.status, delivery!.error], ["pending", "address_not_public"]);
  assert.equal(receiver.connections, 0);
});

Deno.test("S37 the connection goes to the address that was checked, with TLS for the name, and resolves nothing else", async () => {
  let served = "";
  const server = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (request, response) => {
    served = request.headers.host ?? "";
    response.end("ok");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  let resolved = 0;
  const resolve = () => {
    resolved++;
    return Promise.resolve(["127.0.0.1"]);
  };

  const good = await send({ url: `https://localhost:${port}/`, ...OUTGOING }, {
    allowLoopback: true,
    resolve,
    ca: AUTHORITY,
  });
  const otherName = await send({ url: `https://other.example:${port}/`, ...OUTGOING }, {
    allowLoopback: true,
    resolve,
    ca: AUTHORITY,
  });
  const unknownIssuer = await send({ url: `https://localhost:${port}/`, ...OUTGOING }, {
    allowLoopback: true,
    resolve,
  });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));

  assert.deepEqual([good.answer?.status, good.answer?.body, served], [200, "ok", `localhost:${port}`]);
  assert.deepEqual([otherName.failure, unknownIssuer.failure], ["tls_failed", "tls_failed"]);
  assert.equal(resolved, 3, "each attempt resolves once");
});

Deno.test("S37 a redirect isn't followed, even to the outside", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url());
  receiver.answer(307, { Location: receiver.url("/inside") });
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  await worker.idle();

  const [delivery] = await deliveriesOf(world, acme);
  assert.deepEqual([delivery!.status, delivery!.error, delivery!.responseStatus], [
    "pending",
    "redirected",
    307,
  ]);
  assert.deepEqual(receiver.received.map(({ path }) => path), ["/hooks"]);
});

Deno.test("S67 a receiver that answers 200 and drips, or sends 1 GB, has accepted; 64 KB are kept and the slot is free in time", async () => {
  const timers: ReturnType<typeof setInterval>[] = [];
  let sentBytes = 0;
  const server = createServer((request, response) => {
    response.on("error", () => {});
    response.writeHead(200, { "Content-Type": "text/plain" });
    if (request.url === "/drip") {
      timers.push(setInterval(() => response.write("."), 20));
      return;
    }
    const chunk = new Uint8Array(64 * 1_024).fill(97);
    const flood = () => {
      while (!response.destroyed && sentBytes < 1e9) {
        sentBytes += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", flood);
      }
    };
    flood();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rules = { allowLoopback: true, resolve: () => Promise.reject(new Error()) };

  const dripped = await send({ url: `${base}/drip`, ...OUTGOING }, rules, 400);
  const flooded = await send({ url: `${base}/flood`, ...OUTGOING }, rules);
  for (const timer of timers) clearInterval(timer);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));

  assert.equal(dripped.answer?.status, 200);
  assert.match(dripped.answer!.body, /^\.+$/);
  assert.ok(dripped.milliseconds >= 390 && dripped.milliseconds < 1_500, `${dripped.milliseconds} ms`);
  assert.equal(flooded.answer?.status, 200);
  assert.equal(flooded.answer!.body.length, MAX_RESPONSE_BYTES);
  assert.ok(
    flooded.milliseconds < 5_000 && sentBytes < 50e6,
    `${flooded.milliseconds} ms, ${sentBytes} bytes`,
  );
});

Deno.test("a receiver that never answers, or refuses the connection, has failed within the time of an attempt", async () => {
  await using receiver = await Receiver.open();
  receiver.respond = () => {};
  const rules = { allowLoopback: true, resolve: () => Promise.reject(new Error()) };

  const silent = await send({ url: receiver.url(), ...OUTGOING }, rules, 300);
  const closed = await send({ url: "http://127.0.0.1:1/", ...OUTGOING }, rules);
  const slowName = await send({ url: "https://slow.example/", ...OUTGOING }, {
    allowLoopback: false,
    resolve: () => new Promise(() => {}),
  }, 100);

  assert.deepEqual([silent.answer, silent.failure], [null, "timed_out"]);
  assert.deepEqual([closed.answer, closed.failure], [null, "connection_failed"]);
  assert.equal(slowName.failure, "timed_out");
});

Deno.test("S07 a tenant's SQL can't make another tenant's event, a delivery, or an event that doesn't exist", async (t) => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await addWebhook(acme, receiver.url("/acme"));
  await addWebhook(globex, receiver.url("/globex"));
  await using worker = await startWorker(world, "kv");
  const now = world.clock.now().toISOString();
  const data = { id: acme.tenant.id, name: "Acme", status: "active" };
  const jobOf = (name: string, payload: unknown, more = {}) =>
    JSON.stringify({
      id: acme.tenant.id,
      queue: "webhooks",
      name,
      payload,
      priority: 1,
      run_at: now,
      created_at: now,
      ...more,
    });
  const event = { type: "tenant.resumed", at: now, data };

  await t.step("an event for another tenant goes to its own endpoints", async () => {
    const job = jobOf("webhooks.fan_out", event, {
      tenant_id: globex.tenant.id,
      partition: globex.tenant.id,
    });
    await acme.ctx.tx((tx) =>
      tx.execute(sql`select jobs.fan_out(${globex.tenant.schemaName}, ${job}::jsonb)`)
    );
    await worker.idle();
    assert.deepEqual(receiver.received.map(({ path }) => path), ["/acme"]);
  });

  await t.step("a job of another tenant, or a delivery, is refused", async () => {
    const jobs = [
      jobOf("webhooks.fan_out", event, { tenant_id: globex.tenant.id }),
      jobOf("webhooks.deliver", { deliveryId: acme.tenant.id, attempt: 1 }, { tenant_id: acme.tenant.id }),
    ];
    for (const job of jobs) {
      const trying = acme.ctx.tx((tx) => tx.execute(sql`select jobs.enqueue(${`[${job}]`}::jsonb)`));
      await assert.rejects(async () => await trying);
      const fanned = acme.ctx.tx((tx) => tx.execute(sql`select * from control.webhook_endpoints`));
      await assert.rejects(async () => await fanned);
    }
  });

  await t.step("an event that doesn't exist, or whose data doesn't fit, fails", async () => {
    for (const wrong of [{ ...event, type: "user.created" }, { ...event, data: { evil: true } }]) {
      const job = jobOf("webhooks.fan_out", wrong);
      await acme.ctx.tx((tx) => tx.execute(sql`select jobs.fan_out(null, ${job}::jsonb)`));
    }
    await worker.idle();
    assert.equal(receiver.received.length, 1);
    const failed = await world.system.control.select().from(outbox).where(eq(outbox.state, "failed"));
    assert.equal(failed.length, 2);
  });

  await t.step("a tenant can't choose a partition", async () => {
    const job = jobOf("webhooks.fan_out", event, { tenant_id: acme.tenant.id, partition: globex.tenant.id });
    await acme.ctx.tx((tx) => tx.execute(sql`select jobs.enqueue(${`[${job}]`}::jsonb)`));
    const rows = await world.system.control.select({ key: outbox.partitionKey, partition: outbox.partition })
      .from(outbox)
      .where(eq(outbox.name, "webhooks.fan_out"));
    assert.ok(rows.every(({ partition, key }) => partition === null && key === acme.tenant.id));
    await worker.idle();
  });
});

Deno.test("S07 attempts are their tenant's alone, and nobody changes them", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  await addWebhook(acme, receiver.url());
  await using worker = await startWorker(world, "kv");
  await addProject(acme);
  await worker.idle();
  const [delivery] = await deliveriesOf(world, acme);

  assert.equal((await attemptsOf(acme, delivery!.id)).length, 1);
  await assert.rejects(getDelivery(globex.ctx, delivery!.id), /not found/);
  const seen = await globex.ctx.tx((tx) => tx.execute(sql`select * from stream.webhook_attempts`));
  assert.deepEqual([...seen], []);
  for (
    const statement of [
      "update stream.webhook_attempts set error = null",
      "delete from stream.webhook_attempts",
      "select stream.add_webhook_attempt('{}')",
    ]
  ) {
    await assert.rejects(async () => await acme.ctx.tx((tx) => tx.execute(sql.raw(statement))), statement);
  }
});

Deno.test("S08 a suspended tenant's webhooks stop, and go on when it is resumed; without the plan nothing is sent", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url());
  receiver.answer(503);
  await using worker = await startWorker(world, "kv");
  await addProject(acme);
  await worker.idle();

  await suspendTenant(await openTenant(world.system, acme.tenant.id), { reason: "An invoice is open." });
  receiver.answer(204);
  world.clock.advance(HOUR);
  await worker.idle();
  assert.equal(receiver.received.length, 1);

  await resumeTenant(await openTenant(world.system, acme.tenant.id));
  await worker.idle();
  assert.deepEqual(receiver.received.slice(1).map(({ body }) => JSON.parse(body).type).sort(), [
    "project.created",
    "tenant.resumed",
    "tenant.suspended",
  ]);

  const starter = await world.company("starter", "Starter", undefined, "starter");
  await assert.rejects(addWebhook(starter, receiver.url()), /included in the Team plan/);
});

Deno.test("S41 secrets and headers are sealed, are shown once, and follow a rotation of the keys", async () => {
  const former = "a former secret that was replaced, 40 characters";
  await using world = await World.open({ APP_SECRET: former, WEBHOOKS_ALLOW_PRIVATE: "1" });
  const acme = await world.company("acme");
  usePublicAddresses(world);
  const input = newEndpoint.parse({
    url: "https://hooks.acme.example/",
    events: ["*"],
    headers: { Authorization: "Bearer receiver-secret" },
  });
  const { id, secret } = await createEndpoint(acme.ctx, input);
  const token = await world.token(acme);

  const answers = [
    await world.api("GET", `/webhook-endpoints/${id}`, { token }),
    await world.api("GET", "/webhook-endpoints", { token }),
    await world.api("PATCH", `/webhook-endpoints/${id}`, { token, body: { description: "Changed" } }),
    await world.api("GET", "/audit-log", { token }),
  ];
  const dump = await world.dumpControl();
  const sealedBefore = (await readEndpoint(world.system.control, acme.tenant.id, id)).sealedSecret;

  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  for (const text of [...answers.map(({ text }) => text), dump]) {
    assert.ok(!text.includes(secret) && !text.includes(secret.slice(6)));
    assert.ok(!text.includes("receiver-secret"));
  }
  assert.deepEqual(answers[0]!.json.header_names, ["Authorization"]);

  const appSecret = "the secret that is used from now on, 40 chars";
  const config = parseConfig({ DENO_ENV: "test", APP_SECRET: appSecret, APP_SECRET_PREVIOUS: former });
  await using rotated = await replicaOf(world, { appSecret, appSecrets: config.appSecrets });
  await rotateKeys({ ...world.system, services: rotated.services });
  const row = await readEndpoint(world.system.control, acme.tenant.id, id);
  const onlyNew = { config: { ...config, appSecrets: [appSecret] } };

  assert.notEqual(row.sealedSecret, sealedBefore);
  assert.deepEqual(signingSecrets(onlyNew, row, world.clock.now()), [secret]);
  assert.deepEqual(openHeaders(onlyNew, row), { Authorization: "Bearer receiver-secret" });
});

Deno.test("S45 deleting a tenant leaves no endpoint, event, delivery or attempt", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url());
  {
    await using worker = await startWorker(world, "kv");
    await addProject(acme);
    await worker.idle();
  }
  const attempts = () => world.dumpStream("webhook_attempts");
  assert.equal((await attempts()).length, 1);

  await deleteTenant(world.system, acme.tenant.id);

  assert.deepEqual(await attempts(), []);
  assert.equal(await world.system.control.$count(webhookDeliveries), 0);
  assert.ok(!(await world.dumpControl()).includes(receiver.url()));
});

Deno.test("production refuses to let webhooks reach its own machine", () => {
  assert.throws(
    () => parseConfig({ DENO_ENV: "production", WEBHOOKS_ALLOW_PRIVATE: "1" }),
    /WEBHOOKS_ALLOW_PRIVATE: must not be set in production/,
  );
});

async function replicaOf(world: World, settings: Parameters<World["replica"]>[0]) {
  const services = await world.replica(settings);
  return { services, [Symbol.asyncDispose]: () => services.close() };
}
