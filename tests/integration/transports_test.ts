import assert from "node:assert/strict";
import type { SMTPServerOptions } from "smtp-server";
import { SEND_TIMEOUT, SmtpTransport } from "../../src/email/transports/smtp.ts";
import { QUEUES } from "../../src/outbox/queues.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { describeError } from "../../src/platform/log.ts";
import { AUTHORITY } from "../support/certificate.ts";
import { EMAIL_LOGIN, EmailServer } from "../support/email_server.ts";
import { sampleEmail } from "../support/sample_email.ts";

/** Protects: emails sent by SMTP arrive unchanged, and each reply of the server becomes the right outcome. */

const HOST = "app.example";
const LOGIN = `${EMAIL_LOGIN.user}:${encodeURIComponent(EMAIL_LOGIN.password)}@`;

Deno.test("an email arrives with its parts, headers and text unchanged", async () => {
  await using server = await EmailServer.start();
  const transport = new SmtpTransport(server.url(), HOST);
  const email = sampleEmail({ replyTo: { name: "Support", address: "help@denizen.example" } });

  const outcome = await transport.send(email);
  await transport.close();

  assert.equal(outcome.status, "accepted");
  const [{ parsed, from, to }] = server.received as [typeof server.received[0]];
  assert.deepEqual([from, to], [email.from.address, [email.to.address]]);
  assert.equal(parsed.subject, email.subject);
  assert.deepEqual(parsed.from?.value, [email.from]);
  assert.deepEqual([parsed.to].flat()[0]?.value, [email.to]);
  assert.deepEqual(parsed.replyTo?.value, [email.replyTo]);
  assert.equal(parsed.html, email.html);
  assert.equal(parsed.text?.trim(), email.text);
  assert.equal(parsed.messageId, `<${email.id}@${HOST}>`);
  assert.match(server.received[0]!.raw, /^Content-Type: multipart\/alternative/im);
  for (const [name, value] of Object.entries(email.headers)) {
    assert.ok(server.received[0]!.raw.includes(`${name}: ${value}\r\n`), name);
  }
});

Deno.test("every address that a browser accepts reaches its recipient unchanged", async () => {
  await using server = await EmailServer.start();
  const transport = new SmtpTransport(server.url(), HOST);
  const addresses = [
    "o&m@acme.example",
    "a=b@acme.example",
    "first/last@acme.example",
    "!#$%&'*+/=?^_`{|}~.-@acme.example",
  ];
  const international = "info@xn--80a1acny.xn--p1ai"; // the test's server shows it in Unicode

  for (const address of [...addresses, international]) {
    await transport.send(sampleEmail({ to: { name: "", address } }));
  }
  await transport.close();

  const received = server.received.map(({ to }) => to);
  assert.deepEqual(received, [...addresses, "info@почта.рф"].map((address) => [address]));
  assert.ok(server.received.at(-1)!.raw.includes(`To: ${international}\r\n`));
});

Deno.test("nothing is sent before the connection is encrypted", async (t) => {
  await t.step("STARTTLS with a trusted certificate works", async () => {
    await using server = await EmailServer.start();
    const transport = new SmtpTransport(server.url({ query: "" }), HOST, { certificateAuthority: AUTHORITY });

    const outcome = await transport.send(sampleEmail());
    await transport.close();

    assert.equal(outcome.status, "accepted", JSON.stringify(outcome));
    assert.equal(server.received[0]!.encrypted, true);
  });

  await t.step("TLS from the start works", async () => {
    await using server = await EmailServer.start({ secure: true });
    const url = server.url({ scheme: "smtps", query: "" });
    const transport = new SmtpTransport(url, HOST, { certificateAuthority: AUTHORITY });

    const outcome = await transport.send(sampleEmail());
    await transport.close();

    assert.equal(outcome.status, "accepted", JSON.stringify(outcome));
    assert.equal(server.received[0]!.encrypted, true);
  });

  await t.step("an untrusted certificate defers the email", async () => {
    await using server = await EmailServer.start();
    const transport = new SmtpTransport(server.url({ query: "" }), HOST);

    const outcome = await transport.send(sampleEmail());
    await transport.close();

    assert.equal(outcome.status, "deferred");
    assert.equal(server.received.length, 0);
  });

  await t.step("a server without STARTTLS defers the email", async () => {
    await using server = await EmailServer.start({
      hideSTARTTLS: true,
      disabledCommands: ["STARTTLS", "AUTH"],
    });
    const transport = new SmtpTransport(server.url({ query: "" }), HOST);

    const outcome = await transport.send(sampleEmail());
    await transport.close();

    assert.equal(outcome.status, "deferred");
    assert.equal(server.received.length, 0);
  });
});

Deno.test("S41 the right password works, and a wrong one defers the email and stays secret", async () => {
  await using server = await EmailServer.start({ disabledCommands: ["STARTTLS"] });
  const right = new SmtpTransport(server.url({ login: LOGIN }), HOST);
  const wrong = new SmtpTransport(server.url({ login: `${EMAIL_LOGIN.user}:hunter2@` }), HOST);

  const [accepted, deferred] = [await right.send(sampleEmail()), await wrong.send(sampleEmail())];
  await right.check();
  const failure = await wrong.check().then(() => undefined, (error: unknown) => error);
  await Promise.all([right.close(), wrong.close()]);

  assert.equal(accepted.status, "accepted", JSON.stringify(accepted));
  assert.equal(deferred.status, "deferred");
  assert.ok(failure instanceof Error);
  const told = JSON.stringify([deferred, describeError(failure)]);
  for (const secret of ["hunter2", btoa("hunter2"), btoa(`\0${EMAIL_LOGIN.user}\0hunter2`)]) {
    assert.ok(!told.includes(secret));
  }
});

Deno.test("the server's reply about the address decides whether the address is suppressed", async (t) => {
  const replies: [reply: string, expected: string][] = [
    ["550 5.1.1 No such user", "refused, the address"],
    ["550 No such user", "refused, the address"],
    ["553 5.1.3 Bad address", "refused, the address"],
    ["550 5.7.1 Blocked by policy", "refused"],
    ["552 5.2.2 Mailbox full", "refused"],
    ["530 5.7.0 Authentication required", "deferred"],
    ["451 4.7.1 Greylisted, come back later", "deferred"],
    ["421 4.3.2 Shutting down", "deferred"],
  ];
  for (const [reply, expected] of replies) {
    await t.step(reply, async () => {
      await using server = await EmailServer.start({ refuseRecipient: () => reply });
      const transport = new SmtpTransport(server.url(), HOST);

      const outcome = await transport.send(sampleEmail());
      await transport.close();

      const about = outcome.status === "refused" && outcome.recipient ? ", the address" : "";
      assert.equal(outcome.status + about, expected, JSON.stringify(outcome));
      assert.ok("reason" in outcome && outcome.reason.includes(reply.slice(0, 3)), JSON.stringify(outcome));
    });
  }
});

Deno.test("a rejected sender or email doesn't suppress the address", async (t) => {
  const refusal = (reply: string) =>
    Object.assign(new Error(reply.slice(4)), { responseCode: parseInt(reply) });
  const refusedBy = async (options: Parameters<typeof EmailServer.start>[0]) => {
    await using server = await EmailServer.start(options);
    const transport = new SmtpTransport(server.url(), HOST);
    const outcome = await transport.send(sampleEmail());
    await transport.close();
    return outcome.status + (outcome.status === "refused" && outcome.recipient ? ", the address" : "");
  };
  for (
    const reply of [
      "550 5.1.1 Sender unknown",
      "550 5.1.0 Sender rejected",
      "553 5.1.3 Bad sender",
      "550 Sender unknown",
      "553 5.1.8 No such domain",
    ]
  ) {
    await t.step(`${reply}, after MAIL FROM`, async () => {
      const onMailFrom: SMTPServerOptions["onMailFrom"] = (_address, _session, done) => done(refusal(reply));
      assert.equal(await refusedBy({ onMailFrom }), "refused");
    });
  }
  for (const reply of ["550 5.1.0 Sender rejected", "550 5.1.8 No such domain"]) {
    await t.step(`${reply}, after RCPT TO`, async () => {
      assert.equal(await refusedBy({ refuseRecipient: () => reply }), "refused");
    });
  }
  for (
    const [reply, expected] of [
      ["550 5.1.1 No such user", "refused, the address"],
      ["550 5.1.3 Bad address in a header", "refused"],
      ["554 5.6.0 Not an email", "refused"],
      ["550 No", "refused"],
    ] as const
  ) {
    await t.step(`${reply}, after DATA`, async () => {
      const onData: SMTPServerOptions["onData"] = (stream, _session, done) => {
        stream.on("end", () => done(refusal(reply))).resume();
      };
      assert.equal(await refusedBy({ onData }), expected);
    });
  }
});

Deno.test("a server that is down or never answers defers the email within a time limit", async () => {
  const gone = await EmailServer.start();
  const url = gone.url();
  await gone[Symbol.asyncDispose]();
  await using slow = await EmailServer.start({ delay: 5 * SECOND });
  const [down, waiting] = [
    new SmtpTransport(url, HOST),
    new SmtpTransport(slow.url(), HOST, { sendTimeout: 300 }),
  ];

  const started = performance.now();
  const outcomes = await Promise.all([down.send(sampleEmail()), waiting.send(sampleEmail())]);
  const took = performance.now() - started;
  await Promise.all([down.close(), waiting.close()]);

  assert.deepEqual(outcomes.map(({ status }) => status), ["deferred", "deferred"]);
  assert.ok(took < 3 * SECOND, `${took} ms`);
  assert.ok(
    SEND_TIMEOUT <= QUEUES.email.timeout - 10 * SECOND,
    "the transport gives up before the job times out",
  );
});
