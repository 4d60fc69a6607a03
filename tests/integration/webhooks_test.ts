import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { Webhook } from "standardwebhooks";
import { webhookEvents } from "../../db/control/schema/webhooks.ts";
import { updateProject } from "../../src/projects/projects.ts";
import { Receiver } from "../support/receiver.ts";
import { startWorker } from "../support/jobs.ts";
import { addProject, addWebhook, attemptsOf, deliveriesOf, openWebhookWorld } from "../support/webhooks.ts";

/** Protects: an event reaches every endpoint that wants it, signed, exactly as it happened. */

Deno.test("a change becomes one signed delivery for each endpoint that wants it", async () => {
  await using world = await openWebhookWorld();
  await using receiver = await Receiver.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const all = await addWebhook(acme, receiver.url("/all"));
  const created = await addWebhook(acme, receiver.url("/created"), {
    events: ["project.created"],
    headers: { "X-Key": "k1" },
  });
  await addWebhook(acme, receiver.url("/members"), { events: ["member.*"] });
  await addWebhook(globex, receiver.url("/globex"));
  await using worker = await startWorker(world, "kv");

  const project = await addProject(acme);
  await updateProject(acme.ctx, project.id, { name: "Apollo 11" });
  await worker.idle();

  assert.deepEqual(receiver.received.map(({ path }) => path).sort(), ["/all", "/all", "/created"]);
  const sent = receiver.received.find(({ path }) => path === "/created")!;
  assert.equal(sent.headers["x-key"], "k1");
  const message = new Webhook(created.secret).verify(sent.body, sent.headers) as Record<string, unknown>;
  assert.equal(message.type, "project.created");
  assert.throws(() => new Webhook(all.secret).verify(sent.body, sent.headers));
  const [first] = await deliveriesOf(world, acme);
  const [attempt] = await attemptsOf(acme, first!.id);
  assert.equal(attempt!.responseStatus, 204);
  const [event] = await world.system.control.select().from(webhookEvents).where(
    eq(webhookEvents.id, sent.headers["webhook-id"]!),
  );
  assert.equal(event!.body, sent.body);
});
