import assert from "node:assert/strict";
import { networkOf } from "../../src/platform/address_ranges.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { enforce } from "../../src/rate_limits/limiter.ts";
import { TEXTS_ADDRESS } from "../../src/text_messages/deliver.ts";
import { Authenticator } from "../support/authenticator.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { addPhone, phoneIdOn, textedCode } from "../support/phones.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a person whose only second factor is a phone gets in wherever a second factor is asked for, on the phone they choose. */

const NUMBER = "+15550123456";
const OTHER_NUMBER = "+4915112345678";
const NEW_PASSWORD = "orbit velvet cactus lantern";
const HTMX = { "HX-Request": "true" };

Deno.test("a person whose only second factor is a phone resets the password with a texted code", async (t) => {
  await using scene = await openScene();
  const { world, worker, acme, browser, host, apex } = scene;
  const { email } = acme.owner;
  await addPhone(world, worker, browser, { host, number: NUMBER });
  const token = await askForLink(scene, email);
  const link = `${apex}/reset-password?token=${token}`;
  const visitor = world.browser();
  const save = (fields: Record<string, string>) =>
    visitor.post(`${apex}/reset-password`, { token, password: NEW_PASSWORD, ...fields });

  await t.step("the page offers to text a code, and asks for one", async () => {
    const page = await visitor.get(link);
    const without = await save({});

    assert.match(page.text, /From a text message, or a recovery code/);
    assert.match(page.text, /Text me a code/);
    assert.doesNotMatch(page.text, /authenticator app/);
    assert.equal(without.status, 422);
    assert.match(without.text, /Enter a code\./);
  });

  await t.step("the button texts a code, and with JavaScript the typed password stays", async () => {
    const phone = phoneIdOf((await visitor.get(link)).text);
    const inPlace = await visitor.post(`${apex}/reset-password/sms`, { token, phone }, HTMX);
    const whole = await visitor.post(`${apex}/reset-password/sms`, { token, phone });

    assert.match(inPlace.text, /^<div id="text-code"[^]*We texted you a code/);
    assert.equal(whole.url, link);
    assert.match(whole.text, /Text another code/);
  });

  await t.step("a code that is over doesn't count, nor does one of another link or a wrong one", async () => {
    const late = await textedCode(world, worker, NUMBER);
    world.clock.advance(10 * MINUTE);
    const expired = await save({ code: late });
    const other = await askForLink(scene, email);
    await visitor.post(`${apex}/reset-password/sms`, { token: other });
    const elsewhere = await save({ code: await textedCode(world, worker, NUMBER) });

    for (const refused of [expired, elsewhere]) {
      assert.equal(refused.status, 422);
      assert.match(refused.text, /This code is wrong or was used before/);
    }
  });

  await t.step("the newest code saves the password, signs the person in, and is used up", async () => {
    await visitor.post(`${apex}/reset-password/sms`, { token });
    const code = await textedCode(world, worker, NUMBER);
    const done = await save({ code });
    const again = await save({ code });

    assert.equal(done.url, `${host}/dashboard`);
    assert.match(again.text, /used or has expired/);
  });
});

Deno.test("with an authenticator app, no texted code sets a password", async () => {
  await using scene = await openScene();
  const { world, worker, acme, browser, host, apex } = scene;
  await addPhone(world, worker, browser, { host, number: NUMBER });
  const asked = await browser.post(`${host}/account/security/factors`, { type: "totp", name: "App" });
  const secret = /id="totp-secret"[^>]*>([^<]+)</.exec(asked.text)![1]!.replaceAll(" ", "");
  await browser.post(asked.url, { code: new Authenticator(world, secret).code() });
  const token = await askForLink(scene, acme.owner.email);

  const page = await world.browser().get(`${apex}/reset-password?token=${token}`);
  const sent = await world.browser().post(`${apex}/reset-password/sms`, { token });

  assert.match(page.text, /From your authenticator app, or a recovery code/);
  assert.doesNotMatch(page.text, /Text me a code/);
  assert.equal(sent.status, 400);
});

Deno.test("with two phones, people choose the one that gets the code", async (t) => {
  await using scene = await openScene();
  const { world, worker, acme, browser, host, apex } = scene;
  await addPhone(world, worker, browser, { host, number: NUMBER });
  await addPhone(world, worker, browser, { host, number: OTHER_NUMBER });
  const fresh = async (number: string) => (await world.emails(number)).length;

  await t.step("when they reset the password", async () => {
    const token = await askForLink(scene, acme.owner.email);
    const page = await world.browser().get(`${apex}/reset-password?token=${token}`);
    const phone = phoneIdOn(page, "56");
    const before = [await fresh(NUMBER), await fresh(OTHER_NUMBER)];
    await world.browser().post(`${apex}/reset-password/sms`, { token, phone });
    await worker.idle();

    assert.match(page.text, /Text a code to Phone •••• 78/);
    assert.deepEqual([await fresh(NUMBER), await fresh(OTHER_NUMBER)], [before[0]! + 1, before[1]]);
  });

  await t.step("when they confirm a change", async () => {
    world.clock.advance(11 * MINUTE);
    const page = await browser.get(`${host}/reauthenticate?next=/account/security`);
    const before = [await fresh(NUMBER), await fresh(OTHER_NUMBER)];
    await browser.post(`${host}/reauthenticate`, {
      step_up_phone: phoneIdOn(page, "56"),
      next: "/account/security",
    });
    const code = await textedCode(world, worker, NUMBER);
    const after = [await fresh(NUMBER), await fresh(OTHER_NUMBER)];
    const done = await browser.post(`${host}/reauthenticate`, {
      step_up: "confirm",
      step_up_code: code,
      next: "/account/security",
    });

    assert.match(page.text, /Text a code to Phone •••• 78/);
    assert.deepEqual(after, [before[0]! + 1, before[1]]);
    assert.equal(done.url, `${host}/account/security`);
  });
});

Deno.test("by API, people choose the phone, and a code that is over or of a removed phone doesn't count", async () => {
  await using scene = await openScene();
  const { world, worker, acme, browser, host } = scene;
  const token = await world.accountToken(acme.owner.email);
  await addPhone(world, worker, browser, { host, number: NUMBER });
  await addPhone(world, worker, browser, { host, number: OTHER_NUMBER });
  const { json } = await world.api("GET", "/me/factors", { token });
  const [first, second] = json.data.map(({ id }: { id: string }) => id);
  const send = (factor_id?: string) =>
    world.api("POST", "/auth/reauthenticate/sms", { token, body: factor_id ? { factor_id } : undefined });
  const prove = (code: string) => world.api("POST", "/auth/reauthenticate", { token, body: { code } });

  const unknown = await send(acme.owner.id);
  const sent = await send(second);
  const ofRemoved = await textedCode(world, worker, OTHER_NUMBER);
  await browser.post(`${host}/account/security/factors/${second}/remove`);
  const removed = await prove(ofRemoved);
  await send(first);
  const late = await textedCode(world, worker, NUMBER);
  world.clock.advance(10 * MINUTE);
  const expired = await prove(late);
  await send();
  const proved = await prove(await textedCode(world, worker, NUMBER));

  assert.deepEqual([unknown.status, sent.status], [400, 204]);
  assert.deepEqual([expired.status, removed.status], [422, 422]);
  assert.equal(proved.status, 204);
});

Deno.test("a new phone can get its first code again, up to the limit", async () => {
  await using scene = await openScene();
  const { world, worker, browser, host } = scene;
  const form = await browser.get(`${host}/account/security/factors/new?type=sms`);
  const page = await browser.post(`${host}/account/security/factors`, { type: "sms", phone: NUMBER });

  const again = await browser.post(`${page.url}/text`);
  await worker.idle();
  const codes = (await world.emails(NUMBER)).map(({ text }) => text.slice(0, 6));
  let limited = again;
  for (let attempt = 0; attempt < 9; attempt++) limited = await browser.post(`${page.url}/text`);
  const added = await browser.post(page.url, { code: codes[0]! });

  assert.match(form.text, /Text messages are less secure than an authenticator app or a passkey\./);
  assert.match(page.text, /Text another code/);
  assert.match(again.text, /We texted you another code/);
  assert.deepEqual(codes, [codes[0], codes[0]], "either message has the code");
  assert.equal(limited.status, 429);
  assert.match(limited.text, /error-message[^]*Text another code/);
  assert.match(added.text, /class="recovery-code/);
});

Deno.test("a program asks for the first code of a new phone again, within ten minutes", async () => {
  await using scene = await openScene();
  const { world, worker, acme } = scene;
  const token = await world.accountToken(acme.owner.email);
  const add = async (body: Record<string, string>) => {
    const { json } = await world.api("POST", "/me/factors", { token, body });
    return (path: string, body?: Record<string, string>) =>
      world.api("POST", `/me/factors/${json.id}/${path}`, { token, body });
  };

  const noPhone = await (await add({ type: "totp" }))("text");
  const phone = await add({ type: "sms", phone: NUMBER });
  const sent = await phone("text");
  const code = await textedCode(world, worker, NUMBER);
  world.clock.advance(10 * MINUTE);
  const reauthenticated = await world.api("POST", "/auth/reauthenticate", {
    token,
    body: { password: PASSWORD },
  });
  const [late, expired] = [await phone("text"), await phone("confirm", { code })];

  assert.deepEqual([noPhone.status, sent.status], [400, 204]);
  assert.equal(reauthenticated.status, 204);
  assert.deepEqual([late.status, expired.status], [404, 404]);
});

Deno.test("one network asks for at most 100 text messages in an hour", async () => {
  await using scene = await openScene();
  const { world, worker, browser, host, acme } = scene;
  await addPhone(world, worker, browser, { host, number: NUMBER });
  world.clock.advance(2 * HOUR);
  await enforce(world.system, TEXTS_ADDRESS, networkOf("127.0.0.1"), { cost: 100 });
  const before = (await world.emails(NUMBER)).length;

  const visitor = world.browser();
  const asked = await visitor.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const refused = await visitor.post(`${host}/login/mfa/sms`);
  await worker.idle();
  const after = (await world.emails(NUMBER)).length;
  world.clock.advance(2 * HOUR);
  await visitor.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const done = await visitor.post(`${host}/login/mfa`, { code: await textedCode(world, worker, NUMBER) });

  assert.match(asked.text, /Ask for a code by text message/);
  assert.equal(refused.status, 429);
  assert.equal(after, before);
  assert.equal(done.url, `${host}/dashboard`);
});

type Scene = Awaited<ReturnType<typeof openScene>>;

/** A workspace whose owner is signed in on its host. */
async function openScene() {
  const world = await World.open();
  const worker = await startWorker(world, "kv");
  const acme = await world.company("acme");
  const host = `http://${world.host("acme")}`;
  const browser = world.browser();
  await browser.post(`${host}/login`, { email: acme.owner.email, password: PASSWORD });
  return {
    world,
    worker,
    acme,
    browser,
    host,
    apex: `http://${world.host()}`,
    [Symbol.asyncDispose]: async () => {
      await worker.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

async function askForLink({ world, worker, apex }: Scene, email: string): Promise<string> {
  await world.browser().post(`${apex}/forgot-password`, { email });
  await worker.idle();
  return await emailedToken(world, "reset_password", email);
}

function phoneIdOf(text: string): string {
  return /name="phone" value="([^"]+)"/.exec(text)![1]!;
}
