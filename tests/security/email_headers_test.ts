import assert from "node:assert/strict";
import { MailboxTransport } from "../../src/email/transports/mailbox.ts";
import { ResendTransport } from "../../src/email/transports/resend.ts";
import { SmtpTransport } from "../../src/email/transports/smtp.ts";
import type { EmailTransport } from "../../src/email/transports/transport.ts";
import { EmailServer } from "../support/email_server.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { World } from "../support/world.ts";

/** Protects: no text that people type becomes an email header, with any transport (S32). */

const INJECTION = "\r\nBcc: victim@evil.example\r\n\r\n<b>body</b>\u2028\0";

const EVIL = sampleEmail({
  to: { name: `Zoë${INJECTION}`, address: "zoe@acme.example" },
  from: { name: `Acme"${INJECTION}`, address: "no-reply@denizen.example" },
  replyTo: { name: INJECTION, address: "help@denizen.example" },
  subject: `Hello${INJECTION}`,
  headers: {
    "List-Unsubscribe": `<https://app.example/u>${INJECTION}`,
    "X-Note\r\nBcc": "victim@evil.example",
    "Bcc": "victim@evil.example",
    "Content-Type": "text/plain",
    "Message-ID": "<forged@evil.example>",
  },
});

// deno-lint-ignore no-control-regex -- the pattern must match control characters
const SAFE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;

Deno.test("S32 SMTP sends no injected header", async () => {
  await using server = await EmailServer.start();
  const transport = new SmtpTransport(server.url(), "app.example");

  await send(transport);

  const [{ parsed, to }] = server.received as [typeof server.received[0]];
  assert.deepEqual(to, ["zoe@acme.example"]);
  assert.equal(parsed.bcc, undefined);
  assert.match(parsed.subject!, SAFE_LINE);
  assert.match(parsed.from!.value[0]!.name!, SAFE_LINE);
  assert.equal(parsed.messageId, `<${EVIL.id}@app.example>`);
  assert.equal(parsed.html, EVIL.html);
  assert.deepEqual([...parsed.headers.keys()].filter((name) => /bcc|note/.test(name)), []);
});

Deno.test("S32 Resend sends no injected header", async () => {
  let body: Record<string, unknown> = {};
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request) => {
      body = await request.json();
      return Response.json({ id: "1" });
    },
  );

  await send(new ResendTransport("re_1", { baseUrl: `http://127.0.0.1:${server.addr.port}` }));

  for (const line of [body.subject, body.from, body.reply_to, (body.to as string[])[0]]) {
    assert.match(line as string, SAFE_LINE);
  }
  assert.deepEqual(Object.keys(body.headers as object), ["List-Unsubscribe"]);
  assert.match((body.headers as Record<string, string>)["List-Unsubscribe"]!, SAFE_LINE);
});

Deno.test("S32 the mailbox keeps no injected header", async () => {
  await using world = await World.open();
  const { db } = world.services;

  await send(new MailboxTransport(db, world.clock, "app.example"));

  const { text } = await world.browser().get(`http://${world.host()}/dev/mailbox.json`);
  const [kept] = JSON.parse(text).data;
  for (const line of [kept.subject, kept.to_name, kept.from_name, kept.headers["List-Unsubscribe"]]) {
    assert.match(line, SAFE_LINE);
  }
  assert.deepEqual(Object.keys(kept.headers).sort(), ["List-Unsubscribe", "Message-ID", "Reply-To"]);
  assert.equal(kept.headers["Message-ID"], `<${EVIL.id}@app.example>`);
});

Deno.test("S32 an address that contains two addresses is rejected", async () => {
  await using server = await EmailServer.start();
  const transport = new SmtpTransport(server.url(), "app.example");
  const to = { name: "", address: "zoe@acme.example>\r\nRCPT TO:<victim@evil.example" };

  const outcome = await transport.send(sampleEmail({ to }));
  await transport.close();

  assert.ok(server.received.every(({ to }) => !to.includes("victim@evil.example")), JSON.stringify(outcome));
});

async function send(transport: EmailTransport): Promise<void> {
  const outcome = await transport.send(EVIL);
  await transport.close();
  assert.equal(outcome.status, "accepted", JSON.stringify(outcome));
}
