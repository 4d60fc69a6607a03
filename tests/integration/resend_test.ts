import assert from "node:assert/strict";
import { ResendTransport } from "../../src/email/transports/resend.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { sampleEmail } from "../support/sample_email.ts";

/** Protects: Resend gets each complete email once, and each of its responses becomes the right outcome. */

const API_KEY = "re_hunter2";

type Answer = { status: number; body?: unknown; delay?: number };
type Call = { path: string; headers: Headers; body: Record<string, unknown> | null };

Deno.test("a request to Resend has the API key, the email's id and quoted names", async () => {
  await using resend = startFakeResend({ status: 200, body: { id: "49a3999c" } });
  const email = sampleEmail({ replyTo: { name: 'Ada "A" L', address: "ada@acme.example" } });

  const outcome = await resend.transport.send(email);

  assert.deepEqual(outcome, { status: "accepted", providerId: "49a3999c" });
  const [{ path, headers, body }] = resend.calls as [Call];
  assert.equal(path, "/emails");
  assert.equal(headers.get("Authorization"), `Bearer ${API_KEY}`);
  assert.equal(headers.get("Idempotency-Key"), email.id);
  assert.deepEqual(body, {
    from: '"Łódź Robotics, Inc." <no-reply@denizen.example>',
    to: ['"Zoë Müller" <zoe@acme.example>'],
    reply_to: '"Ada \\"A\\" L" <ada@acme.example>',
    subject: email.subject,
    html: email.html,
    text: email.text,
    headers: email.headers,
  });
});

Deno.test("S41 each response becomes the right outcome, and no outcome reveals the key", async (t) => {
  const wrongTo = "Invalid `to` field. The email address needs to follow the `email@example.com` format.";
  const answers: [name: string, answer: Answer, expected: string][] = [
    [
      "an invalid address",
      { status: 422, body: { name: "validation_error", message: wrongTo } },
      "refused, the address",
    ],
    [
      "a missing field",
      { status: 422, body: { name: "missing_required_field", message: "x" } },
      "refused",
    ],
    ["a response that isn't JSON", { status: 404, body: "nothing here" }, "refused"],
    ["too many requests", { status: 429, body: { name: "rate_limit_exceeded", message: "x" } }, "deferred"],
    [
      "an error on Resend's side",
      { status: 500, body: { name: "application_error", message: "x" } },
      "deferred",
    ],
    [
      "a wrong key",
      { status: 403, body: { name: "invalid_api_key", message: "API key is invalid" } },
      "deferred",
    ],
    [
      "the same id in progress",
      { status: 409, body: { name: "concurrent_idempotent_requests" } },
      "deferred",
    ],
    [
      "the same id accepted earlier",
      { status: 409, body: { name: "invalid_idempotent_request" } },
      "accepted",
    ],
    ["a timeout", { status: 200, body: { id: "late" }, delay: SECOND }, "deferred"],
  ];
  for (const [name, answer, expected] of answers) {
    await t.step(name, async () => {
      await using resend = startFakeResend(answer);

      const outcome = await resend.transport.send(sampleEmail());

      const about = outcome.status === "refused" && outcome.recipient ? ", the address" : "";
      assert.equal(outcome.status + about, expected, JSON.stringify(outcome));
      assert.ok(!JSON.stringify(outcome).includes(API_KEY));
    });
  }
});

Deno.test("a server that is down defers the email", async () => {
  const transport = new ResendTransport(API_KEY, { baseUrl: "http://127.0.0.1:9" });

  const outcome = await transport.send(sampleEmail());

  assert.deepEqual(outcome, { status: "deferred", reason: "Resend can't be reached." });
});

Deno.test("the key is checked once a minute, and a key that may only send is fine", async () => {
  await using restricted = startFakeResend({ status: 401, body: { name: "restricted_api_key" } });
  await using wrong = startFakeResend({ status: 403, body: { name: "invalid_api_key" } });

  await restricted.transport.check();
  await restricted.transport.check();
  const failure = await wrong.transport.check().then(() => "", (error: unknown) => String(error));

  assert.deepEqual(restricted.calls.map(({ path }) => path), ["/domains"]);
  assert.match(failure, /403 invalid_api_key/);
  assert.ok(!failure.includes(API_KEY));
});

/** A server that gives every call the same response, and records the calls. */
function startFakeResend({ status, body, delay = 0 }: Answer) {
  const calls: Call[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const text = await request.text();
    calls.push({
      path: new URL(request.url).pathname,
      headers: request.headers,
      body: text ? JSON.parse(text) : null,
    });
    if (delay > 0) await new Promise((done) => setTimeout(done, delay));
    return typeof body === "string" ? new Response(body, { status }) : Response.json(body, { status });
  });
  const transport = new ResendTransport(API_KEY, {
    baseUrl: `http://127.0.0.1:${server.addr.port}`,
    timeout: 300,
  });
  return { calls, transport, [Symbol.asyncDispose]: () => server.shutdown() };
}
