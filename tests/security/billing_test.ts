// Protects: only the gateway's own events count, and whoever has no key to its signature moves nothing (S38, S76).
import assert from "node:assert/strict";
import { billingEvents } from "../../db/control/schema/billing.ts";
import { after, MINUTE } from "../../src/platform/clock.ts";
import { card, Customer, GOOD_CARD } from "../support/billing.ts";
import { startWorker } from "../support/jobs.ts";
import { World } from "../support/world.ts";

Deno.test("S38 events that are unsigned, signed by others, or six minutes old are 400; S76 six minutes ahead as well", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const body = eventOf((await customer.account()).customerId!, "evt_1");
  const now = world.clock.now();
  const signed = (at: Date) => customer.sandbox.signEvent(body, at);

  const statuses = await Promise.all([
    send(world, body),
    send(world, body, "t=1,v1=00"),
    send(world, body, signed(now).replace(/.$/, (last) => last === "0" ? "1" : "0")),
    send(world, body, signed(after(now, -6 * MINUTE))),
    send(world, body, signed(after(now, 6 * MINUTE))),
    send(world, `${body} `, signed(now)),
  ]);

  assert.deepEqual(statuses, Array(6).fill(400));
  assert.equal((await storedIds(world)).includes("evt_1"), false);
});

Deno.test("S76 a signed body that is no event is kept, and so are events of unknown types and customers", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { customerId } = await customer.account();
  const before = (await storedIds(world)).length;
  const deliver = (body: string) => send(world, body, customer.sandbox.signEvent(body));

  const statuses = [
    await deliver("no JSON"),
    await deliver("no JSON\0"),
    await deliver(JSON.stringify({ object: "v2.core.event", id: "evt_thin" })),
    await deliver(eventOf(customerId!, "evt_new_type", "planet.aligned")),
    await deliver(eventOf("cus_unknown", "evt_unknown_customer")),
  ];

  assert.deepEqual(statuses, Array(5).fill(200));
  assert.equal((await storedIds(world)).length, before + 5);
});

Deno.test("S38 a signed event ten times, out of order, leaves the state right and its effects once", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const customer = await Customer.open(world);
  const checkout = await customer.checkout();
  await customer.sandbox.payCheckout(checkout, card(GOOD_CARD));
  const { customerId } = await customer.account();
  const times: number[] = [];

  for (let repeat = 0; repeat < 10; repeat++) {
    for (
      const [id, type] of [["evt_b", "customer.subscription.deleted"], ["evt_a", "invoice.paid"]] as const
    ) {
      const body = eventOf(customerId!, id, type);
      const started = performance.now();
      assert.equal(await send(world, body, customer.sandbox.signEvent(body)), 200);
      times.push(performance.now() - started);
    }
  }
  await worker.idle();

  assert.ok(Math.min(...times) < 50, `events are answered in ${times} ms`);
  assert.equal(await customer.plan(), "team");
  assert.deepEqual(await customer.emails(), ["receipt"]);
  assert.deepEqual(await customer.movements(), ["subscribed"]);
});

function eventOf(customerId: string, id: string, type = "invoice.paid"): string {
  return JSON.stringify({ id, type, created_at: "2026-03-01T00:00:00.000Z", customer_id: customerId });
}

async function send(world: World, body: string, signature?: string): Promise<number> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (signature) headers["Stripe-Signature"] = signature;
  const { status } = await world.raw("POST", world.host(), "/webhooks/stripe", headers, body);
  return status;
}

async function storedIds(world: World): Promise<string[]> {
  const rows = await world.system.control.select({ id: billingEvents.id }).from(billingEvents);
  return rows.map(({ id }) => id);
}
