import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { factors } from "../../db/control/schema/factors.ts";
import { outbox } from "../../db/control/schema/outbox.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: the job that texts a code tries again while Twilio can't take the message, gives up on a number that can't get it, sends
 * nothing once the code is over, and never writes the number or the code into the job list.
 */

const NUMBER = "+15550123456";

Deno.test("a job that texts a code", async (t) => {
  using twilio = startTwilio();
  await using world = await World.open({
    TWILIO_ACCOUNT_SID: `AC${"1".repeat(32)}`,
    TWILIO_AUTH_TOKEN: "hunter2-hunter2-hunter2",
    TWILIO_FROM: "+15550100000",
    TWILIO_URL: twilio.url,
  });
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  /** Adds a phone, whose code Twilio answers like this. Returns the page that asks for it. */
  const addPhone = async (status: number, message = "") => {
    Object.assign(twilio, { status, message, texts: [] });
    await world.system.control.delete(outbox).where(isText);
    const { url } = await browser.post(`${host}/account/security/factors`, { type: "sms", phone: NUMBER });
    await worker.idle();
    return url;
  };
  const jobNow = async () => {
    const [job] = await world.system.control.select().from(outbox).where(isText);
    assert.doesNotMatch(JSON.stringify(job), /5550123456|hunter2/);
    return job!;
  };

  await t.step("is done once Twilio has taken the message", async () => {
    const page = await addPhone(201);
    const { state } = await jobNow();
    const added = await browser.post(page, { code: twilio.texts[0]!.slice(0, 6) });

    assert.equal(state, "done");
    assert.match(added.text, /class="recovery-code/);
  });

  await t.step("fails at once for a number that can't get messages, and says why", async () => {
    await addPhone(400, `The 'To' number ${NUMBER} is not a valid phone number.`);
    const { state, attempts, error } = await jobNow();

    assert.deepEqual([state, attempts], ["failed", 1]);
    assert.match(error!, /400 21211 The 'To' number … is not a valid phone number/);
  });

  await t.step("tries again while Twilio is down, and the person gets the code then", async () => {
    await addPhone(503);
    const deferred = await jobNow();
    twilio.status = 201;
    world.clock.advance(2 * MINUTE);
    await worker.idle();
    const { state } = await jobNow();

    assert.deepEqual([deferred.state, deferred.attempts], ["waiting", 1]);
    assert.match(deferred.error!, /^503/);
    assert.equal(state, "done");
    assert.match(twilio.texts.at(-1)!, /^\d{6} is your Denizen code\. It expires in 8 minutes\.$/);
  });

  await t.step("sends nothing to a phone that was removed meanwhile", async () => {
    await addPhone(503);
    await world.system.control.delete(factors).where(eq(factors.type, "sms"));
    Object.assign(twilio, { status: 201, texts: [] });
    world.clock.advance(2 * MINUTE);
    await worker.idle();

    const { state, attempts } = await jobNow();
    assert.deepEqual([state, attempts], ["done", 2]);
    assert.deepEqual(twilio.texts, []);
  });

  await t.step("sends nothing once the code is over", async () => {
    await addPhone(503);
    Object.assign(twilio, { status: 201, texts: [] });
    world.clock.advance(HOUR);
    await worker.idle();

    const { state, attempts } = await jobNow();
    assert.deepEqual([state, attempts], ["done", 2]);
    assert.deepEqual(twilio.texts, []);
  });
});

const isText = eq(outbox.name, "text.factor_code");

/** A stand-in for Twilio. `texts` are the messages that it has taken. */
function startTwilio() {
  const twilio = { status: 201, message: "", texts: [] as string[], url: "", [Symbol.dispose]: () => {} };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const form = await request.formData();
    if (twilio.status === 201) twilio.texts.push(String(form.get("Body")));
    return Response.json({ code: 21211, message: twilio.message }, { status: twilio.status });
  });
  twilio.url = `http://127.0.0.1:${server.addr.port}`;
  twilio[Symbol.dispose] = () => void server.shutdown();
  return twilio;
}
