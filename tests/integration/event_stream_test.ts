import assert from "node:assert/strict";
import { tenantContext } from "../../src/context.ts";
import { newId } from "../../src/platform/ids.ts";
import { createApp } from "../../routes/app.ts";
import { serveHttp } from "../../routes/server/http_server.ts";
import { createApiKey, revokeApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { OPEN_STREAMS } from "../../src/event_stream/open_streams.ts";
import { createProject } from "../../src/projects/projects.ts";
import type { Services } from "../../src/ports.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { HAS_ONE_BACKEND } from "../support/database.ts";
import { DatabaseProxy } from "../support/database_proxy.ts";
import { EventReader } from "../support/event_stream.ts";
import { startWorker, until } from "../support/jobs.ts";
import { Receiver } from "../support/receiver.ts";
import { addProject, addWebhook, openWebhookWorld } from "../support/webhooks.ts";
import { World } from "../support/world.ts";

/** Protects: event streams work across replicas and restarts, and agree with webhooks. */

/** So few that none waits too long for a connection on a busy machine. */
const PUBLISHERS = 6;

Deno.test("a client that changes between two replicas, while both publish, gets each event once and in order", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await using other = await openReplica(world);
  const onReplica = tenantContext(other.services, acme.tenant, acme.ctx.actor, newId());
  const ports = [world.port, other.port];
  await using steady = await EventReader.open(world, { token });
  let lastEventId = steady.lastEventId;
  const received: string[] = [];
  const total = 60;

  const publishing = Array.from({ length: PUBLISHERS }, async (_, publisher) => {
    const ctx = publisher % 2 === 0 ? acme.ctx : onReplica;
    for (let number = publisher; number < total; number += PUBLISHERS) {
      await createProject(ctx, { name: `Project ${number}`, description: "", status: "active" });
    }
  });
  for (let turn = 0; received.length < total; turn++) {
    await using reader = await EventReader.open(world, { token, lastEventId, port: ports[turn % 2]! });
    const events = await reader.receive(Math.min(7, total - received.length));
    received.push(...events.map(({ id }) => id));
    lastEventId = reader.lastEventId;
  }
  await Promise.all(publishing);
  const all = (await steady.receive(total)).map(({ id }) => id);

  assert.deepEqual(received, all);
  assert.deepEqual(all, [...new Set(all)].toSorted());
});

Deno.test("a stopping replica ends its streams, so that it can stop, and clients continue on another one", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await using other = await openReplica(world);
  await using reader = await EventReader.open(world, { token, port: other.port });

  await other.stop();
  await reader.closed();
  await addProject(acme, "While away");
  await using next = await EventReader.open(world, { token, lastEventId: reader.lastEventId });

  assert.deepEqual((await next.receive(1)).map(({ data }) => data.data.name), ["While away"]);
});

Deno.test({
  name: "a database that falls silent ends a stream, and the client continues without a gap",
  ignore: HAS_ONE_BACKEND,
  fn: async () => {
    let proxy: DatabaseProxy | undefined;
    await using world = await World.open({}, {
      through: async (address) => {
        proxy = await DatabaseProxy.open(address);
        return proxy.address;
      },
      answerWithin: 6 * SECOND, // longer than the stream's own check takes to notice, as it is by default
    });
    const acme = await world.company("acme");
    const token = await world.token(acme);
    await using reader = await EventReader.open(world, { token });
    await addProject(acme, "Before");
    await reader.receive(1);

    proxy!.silenceConnections();
    await reader.closed();
    await until(() => addProject(acme, "While away").then(() => true, () => false));
    await using next = await reopened(world, { token, lastEventId: reader.lastEventId });

    assert.deepEqual(reader.events.map(({ data }) => data.data.name), ["Before"]);
    assert.equal((await next.receive(1))[0]!.data.data.name, "While away");
    await proxy![Symbol.asyncDispose]();
  },
});

Deno.test("an event has the same id and the same content in the stream and in a webhook", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  await addWebhook(acme, receiver.url());
  await using reader = await EventReader.open(world, { token: await world.token(acme) });
  await using worker = await startWorker(world, "kv");

  await addProject(acme);
  const key = await createApiKey(
    acme.ctx,
    newApiKey.parse({ name: "Deploy", permissions: ["projects:read"] }),
  );
  await revokeApiKey(acme.ctx, key!.id);
  const streamed = await reader.receive(3);
  await worker.idle();

  const sent = receiver.received.map(({ headers, body }) => [headers["webhook-id"], JSON.parse(body)]);
  assert.deepEqual(
    streamed.map(({ id, data }) => [id, data]),
    sent.toSorted(([one], [another]) => String(one) < String(another) ? -1 : 1),
  );
  assert.deepEqual(streamed.slice(1).map(({ event }) => event), ["api_key.created", "api_key.revoked"]);
  assert.doesNotMatch(JSON.stringify(sent), /dnz_live_/);
});

/** Another process of the same installation, with a server of its own. */
async function openReplica(world: World) {
  const services: Services = await world.replica();
  const port = freePort();
  const { fetch } = await createApp(services);
  const server = serveHttp({ host: "127.0.0.1", port, portSetting: "PORT" }, fetch, world.config);
  let stopped: Promise<void> | undefined;
  const stop = () => stopped ??= services.use(OPEN_STREAMS).close().then(() => server.shutdown());
  return { services, port, stop, [Symbol.asyncDispose]: () => stop().then(() => services.close()) };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Like a browser, tries again while the server answers 503. */
async function reopened(...stream: Parameters<typeof EventReader.open>): Promise<EventReader> {
  let reader: EventReader | undefined;
  await until(async () => {
    reader = await EventReader.open(...stream).catch(() => undefined);
    return reader !== undefined;
  });
  return reader!;
}
