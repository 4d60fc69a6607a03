import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { factors } from "../../db/control/schema/factors.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { DAY, HOUR } from "../../src/platform/clock.ts";
import { canGetTexts, sendText, TEXT_NOTICES_PERSON } from "../../src/text_messages/send_text.ts";
import { startWorker } from "../support/jobs.ts";
import { addPhone } from "../support/phones.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: notifications by text message go to phones that their readers have confirmed, and not too many of them. */

const NUMBER = "+15550123456";
const TEXT = "A payment failed. Update your card at https://acme.example.com/billing";

Deno.test("a notification is texted to a confirmed phone, and the job list doesn't say what it says", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await openWithPhone(world, worker);

  await notify(acme);
  const job = await textJob(world);
  await worker.idle();

  const [message] = await world.emails(NUMBER);
  assert.equal(message!.text, `Denizen: ${TEXT}`);
  assert.ok(await canGetTexts(world.system, acme.owner.id));
  assert.doesNotMatch(JSON.stringify(job), /payment|5550123456/);
});

Deno.test("a person without a confirmed phone, and one who left the workspace, get nothing", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await openWithPhone(world, worker);
  const grace = await world.member(acme, "grace@acme.example", "member");
  const sent = (await world.emails(NUMBER)).length;

  await acme.ctx.tx((tx) => sendText(acme.ctx, tx, { userId: grace.id, text: TEXT }));
  await world.removeMember(acme, acme.owner);
  await notify(acme);
  await worker.idle();
  const afterLeaving = (await world.emails(NUMBER)).length;
  await world.system.control.update(factors).set({ confirmedAt: null });

  assert.equal(afterLeaving, sent);
  assert.equal(await canGetTexts(world.system, grace.id), false);
  assert.equal(await canGetTexts(world.system, acme.owner.id), false);
});

Deno.test("a person gets at most ten notifications by text message a day", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await openWithPhone(world, worker);
  const texts = async () => (await world.emails(NUMBER)).filter(({ text }) => text.includes(TEXT)).length;

  for (let hour = 0; hour < 12; hour++) {
    await notify(acme);
    await worker.idle();
    world.clock.advance(HOUR);
  }
  const today = await texts();
  world.clock.advance(DAY);
  await notify(acme);
  await worker.idle();

  assert.equal(today, TEXT_NOTICES_PERSON.limit);
  assert.equal(await texts(), TEXT_NOTICES_PERSON.limit + 1);
});

Deno.test("a notification that waited for hours is no news, and isn't texted", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await openWithPhone(world, worker);
  const sent = (await world.emails(NUMBER)).length;
  await worker.close();

  await notify(acme);
  world.clock.advance(3 * HOUR);
  await using later = await startWorker(world, "kv");
  await later.idle();

  assert.equal((await textJob(world))!.state, "done");
  assert.equal((await world.emails(NUMBER)).length, sent);
});

Deno.test("a long notification is cut to two text messages", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await openWithPhone(world, worker);

  await acme.ctx.tx((tx) => sendText(acme.ctx, tx, { userId: acme.owner.id, text: "News\n".repeat(200) }));
  await worker.idle();

  const [message] = await world.emails(NUMBER);
  assert.match(message!.text, /^Denizen: News News .+…$/);
  assert.ok(message!.text.length <= 300);
});

/** A company whose owner has confirmed a phone. */
async function openWithPhone(world: World, worker: { idle(): Promise<void> }): Promise<Company> {
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  await addPhone(world, worker, browser, { host, number: NUMBER });
  return acme;
}

async function notify({ ctx, owner }: Company): Promise<void> {
  await ctx.tx((tx) => sendText(ctx, tx, { userId: owner.id, text: TEXT }));
}

async function textJob(world: World) {
  const [job] = await world.system.control.select().from(outbox).where(eq(outbox.name, "text.notify"));
  return job;
}
