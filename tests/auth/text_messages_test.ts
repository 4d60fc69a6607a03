import assert from "node:assert/strict";
import { factors } from "../../db/control/schema/factors.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { startWorker } from "../support/jobs.ts";
import { PRODUCTION } from "../support/production.ts";
import { parseConfig } from "../../src/config.ts";
import { sendsTexts } from "../../src/text_messages/deliver.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a phone is a second factor, its number stays sealed, and nobody can make the product text without end. */

const NUMBER = "+15550123456";

Deno.test("a phone as a second factor", async (t) => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const latestCode = async () => {
    await worker.idle();
    const [message] = await world.emails(NUMBER);
    assert.equal(message!.channel, "sms");
    return /^(\d{6}) is your Denizen code\. It expires in 10 minutes\.$/.exec(message!.text)![1]!;
  };
  let recovery = "";

  await t.step("a number needs its country code, and the form keeps what was typed", async () => {
    const refused = await browser.post(`${host}/account/security/factors`, {
      type: "sms",
      phone: "555 0123",
    });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /value="555 0123"/);
    assert.match(refused.text, /Enter the number with its country code/);
  });

  await t.step("it counts once its first code is entered, and pages show only the number's end", async () => {
    const page = await browser.post(`${host}/account/security/factors`, {
      type: "sms",
      phone: "+1 (555) 012-3456",
    });
    const wrong = await browser.post(page.url, { code: "000000" });
    const codes = await browser.post(page.url, { code: await latestCode() });
    const [row] = await world.system.control.select().from(factors);
    recovery = /class="recovery-code[^>]*>([^<]+)</.exec(codes.text)![1]!;

    assert.match(page.text, /•••• 56/);
    assert.doesNotMatch(page.text, /0123456/);
    assert.equal(wrong.status, 422);
    assert.ok(recovery);
    assert.doesNotMatch(row!.sealedSecret!, /0123456/);
  });

  await t.step("a sign-in texts a code and takes it once", async () => {
    const first = world.browser();
    const asked = await first.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const code = await latestCode();
    const done = await first.post(`${host}/login/mfa`, { code });
    const second = world.browser();
    await second.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const again = await second.post(`${host}/login/mfa`, { code });

    assert.match(asked.text, /Enter the 6-digit code that we texted you/);
    assert.match(asked.text, /Text another code/);
    assert.equal(done.url, `${host}/dashboard`);
    assert.equal(again.status, 422);
  });

  await t.step("it proves who the person is before a change", async () => {
    world.clock.advance(11 * MINUTE);
    const asked = await browser.get(`${host}/reauthenticate?next=/account/security`);
    const [, phone] = /name="step_up_phone" value="([^"]+)"/.exec(asked.text)!;
    await browser.post(`${host}/reauthenticate`, { step_up_phone: phone!, next: "/account/security" });
    const code = await latestCode();
    const done = await browser.post(`${host}/reauthenticate`, {
      step_up: "confirm",
      step_up_code: code,
      next: "/account/security",
    });

    assert.match(asked.text, /Text me a code/);
    assert.equal(done.url, `${host}/account/security`);
  });

  await t.step("the API asks for it, texts on request, and takes factor sms", async () => {
    const { json } = await world.api("POST", "/auth/login", {
      body: { email: acme.owner.email, password: PASSWORD },
    });
    const sent = await world.api("POST", "/auth/mfa/sms", { body: { mfa_token: json.mfa_token } });
    const code = await latestCode();
    const asEmail = await world.api("POST", "/auth/mfa", {
      body: { mfa_token: json.mfa_token, code, factor: "email" },
    });
    const tokens = await world.api("POST", "/auth/mfa", {
      body: { mfa_token: json.mfa_token, code, factor: "sms" },
    });

    assert.deepEqual(json.factors, ["sms", "recovery"]);
    assert.equal(sent.status, 204);
    assert.equal(asEmail.status, 401);
    assert.ok(tokens.json.access_token);
  });

  await t.step("S62 a number gets five texts in an hour, and the answer looks the same", async () => {
    world.clock.advance(2 * HOUR);
    const before = (await world.emails(NUMBER)).length;
    const stranger = world.browser();
    await stranger.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const pages = [];
    for (let attempt = 0; attempt < 7; attempt++) pages.push(await stranger.post(`${host}/login/mfa/sms`));
    await worker.idle();
    const after = (await world.emails(NUMBER)).length;

    const tooMany = await Promise.all([1, 2, 3].map(() => stranger.post(`${host}/login/mfa/sms`)));

    assert.equal(after - before, 5);
    assert.deepEqual([...new Set(pages.map(({ status }) => status))], [200]);
    assert.ok(tooMany.some(({ status }) => status === 429), "a person gets ten");
  });

  await t.step("after too many texts, the sign-in still asks, and a recovery code works", async () => {
    const lost = world.browser();
    const asked = await lost.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const refused = await lost.post(`${host}/login/mfa/sms`);
    const done = await lost.post(`${host}/login/mfa`, { code: recovery });

    assert.match(asked.text, /Ask for a code by text message, or enter a recovery code/);
    assert.equal(refused.status, 429);
    assert.match(refused.text, /Too many|Try again/);
    assert.equal(done.url, `${host}/dashboard`);
  });

  await t.step("with two phones, people choose which one gets the code", async () => {
    world.clock.advance(2 * HOUR);
    const other = "+4915112345678";
    const again = world.browser();
    await again.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    await again.post(`${host}/login/mfa`, { code: await latestCode() });
    const added = await again.post(`${host}/account/security/factors`, { type: "sms", phone: other });
    await worker.idle();
    const [sent] = await world.emails(other);
    await again.post(added.url, { code: sent!.text.slice(0, 6) });
    const list = await again.get(`${host}/account/security`);
    const next = world.browser();
    const page = await next.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
    const [, first] = /name="phone" value="([^"]+)">[^]*?Text a code to Phone •••• 56/.exec(page.text)!;
    await next.post(`${host}/login/mfa/sms`, { phone: first! });
    const done = await next.post(`${host}/login/mfa`, { code: await latestCode() });

    assert.match(list.text, /Phone •••• 56[^]*Phone •••• 78|Phone •••• 78[^]*Phone •••• 56/);
    assert.match(page.text, /Text a code to Phone •••• 78/);
    assert.equal(done.url, `${host}/dashboard`);
  });
});

Deno.test("production offers text messages only with Twilio", () => {
  const twilio = {
    TWILIO_ACCOUNT_SID: `AC${"0".repeat(32)}`,
    TWILIO_AUTH_TOKEN: "0123456789abcdef",
    TWILIO_FROM: "+15550100000",
  };

  assert.equal(sendsTexts({ config: parseConfig(PRODUCTION) }), false);
  assert.equal(sendsTexts({ config: parseConfig({ ...PRODUCTION, ...twilio }) }), true);
  assert.throws(() => parseConfig({ ...PRODUCTION, ...twilio, TWILIO_FROM: "" }), /TWILIO_FROM: must be set/);
});
