import assert from "node:assert/strict";
import { TwilioTexts } from "../../src/text_messages/twilio.ts";

/** Protects: Twilio gets each message as its API expects it, and each of its answers becomes the right outcome. */

const SID = `AC${"1".repeat(32)}`;
const TOKEN = "hunter2-hunter2-hunter2";
const NUMBER = "+15550123456";
const MESSAGE = { id: "1", to: NUMBER, text: "123456 is your Denizen code." };

Deno.test("a request to Twilio has the account, the number and the text", async () => {
  await using twilio = startTwilio(201);

  const outcome = await twilio.texts.send(MESSAGE);

  assert.deepEqual(outcome, { status: "accepted" });
  const [{ path, authorization, form }] = twilio.calls as [Call];
  assert.equal(path, `/2010-04-01/Accounts/${SID}/Messages.json`);
  assert.equal(authorization, `Basic ${btoa(`${SID}:${TOKEN}`)}`);
  assert.deepEqual(form, { To: NUMBER, Body: MESSAGE.text, From: "+15550100000" });
});

Deno.test("each answer of Twilio becomes the right outcome, without the number or the token", async () => {
  const expected = { 400: "refused", 404: "refused", 401: "deferred", 429: "deferred", 500: "deferred" };
  for (const [status, outcome] of Object.entries(expected)) {
    await using twilio = startTwilio(Number(status), { code: 21211, message: `Invalid 'To' ${NUMBER}` });

    const answer = await twilio.texts.send(MESSAGE);

    assert.equal(answer.status, outcome, status);
    assert.doesNotMatch(JSON.stringify(answer), /5550123456|hunter2/);
  }
});

Deno.test("while Twilio hangs or is down, messages wait", async () => {
  await using hanging = startTwilio(201, {}, 1_000);
  const slow = await hanging.texts.send(MESSAGE);
  const down = await new TwilioTexts(account("http://127.0.0.1:9")).send(MESSAGE);

  assert.deepEqual([slow.status, down.status], ["deferred", "deferred"]);
});

type Call = { path: string; authorization: string | null; form: Record<string, FormDataEntryValue> };

function account(baseUrl: string) {
  return { sid: SID, token: TOKEN, from: "+15550100000", baseUrl };
}

/** A stand-in for Twilio that gives every request the same answer after `delay` milliseconds. */
function startTwilio(status: number, body: unknown = { sid: "SM1" }, delay = 0) {
  const calls: Call[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname: path } = new URL(request.url);
    const form = Object.fromEntries(await request.formData());
    calls.push({ path, authorization: request.headers.get("Authorization"), form });
    if (delay > 0) await new Promise((done) => setTimeout(done, delay));
    return Response.json(body, { status });
  });
  return {
    calls,
    texts: new TwilioTexts(account(`http://127.0.0.1:${server.addr.port}`), 200),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
