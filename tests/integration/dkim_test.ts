import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { authenticate } from "mailauth";
import { SmtpTransport } from "../../src/email/transports/smtp.ts";
import type { OutgoingEmail } from "../../src/email/transports/transport.ts";
import { EmailServer } from "../support/email_server.ts";
import { sampleEmail } from "../support/sample_email.ts";

/** Protects: emails with a DKIM key prove their domain to receivers, and what Gmail and Yahoo require of bulk email is signed. */

const RETURN_HOST = "bounces.acme.example";
const SENDER_IP = "192.0.2.7";

Deno.test("a signed email passes DKIM, SPF and DMARC at a receiver, aligned with From", async () => {
  const key = newKey();
  const raw = await received(
    sampleEmail({
      from: { name: "Acme", address: "news@acme.example" },
      dkim: { domain: "acme.example", selector: "d1", privateKey: key.privateKey },
      returnPath: `token@${RETURN_HOST}`,
    }),
  );

  const { dkim, spf, dmarc } = await authenticate(raw.message, {
    sender: raw.envelopeFrom,
    ip: SENDER_IP,
    helo: "smtp.denizen.example",
    resolver: records({
      "TXT d1._domainkey.acme.example": [[`v=DKIM1; k=rsa; p=${key.publicKey}`]],
      "TXT bounces.acme.example": [["v=spf1 include:bounces.denizen.example ~all"]],
      "TXT bounces.denizen.example": [[`v=spf1 ip4:${SENDER_IP} ~all`]],
      "TXT _dmarc.acme.example": [["v=DMARC1; p=reject"]],
    }),
  });

  assert.equal(raw.envelopeFrom, `token@${RETURN_HOST}`);
  assert.deepEqual(dkim.results.map(({ status, signingDomain }) => [status.result, signingDomain]), [
    ["pass", "acme.example"],
  ]);
  assert.equal(spf && spf.status.result, "pass");
  assert.ok(dmarc);
  assert.equal(dmarc.status.result, "pass");
  assert.deepEqual([dmarc.alignment.dkim.result, dmarc.alignment.spf.result], ["acme.example", RETURN_HOST]);
});

Deno.test("both headers of one-click unsubscribing are signed, and a change of either breaks the signature", async () => {
  const key = newKey();
  const raw = await received(
    sampleEmail({
      from: { name: "Acme", address: "news@acme.example" },
      dkim: { domain: "acme.example", selector: "d1", privateKey: key.privateKey },
    }),
  );
  const resolver = records({ "TXT d1._domainkey.acme.example": [[`v=DKIM1; k=rsa; p=${key.publicKey}`]] });
  const resultOf = async (message: string) =>
    (await authenticate(message, { resolver, sender: "", ip: SENDER_IP })).dkim.results[0]!.status.result;

  const signed = /\bh=([^;]+);/.exec(raw.message.replaceAll(/\r\n\s+/g, ""))![1]!.split(":");
  const changed = [
    raw.message.replace("unsubscribe/abc", "unsubscribe/abd"),
    raw.message.replace("List-Unsubscribe=One-Click", "List-Unsubscribe=Two-Click"),
  ];

  assert.ok(signed.includes("list-unsubscribe") && signed.includes("list-unsubscribe-post"), signed.join());
  assert.ok(["from", "to", "subject", "date", "message-id"].every((name) => signed.includes(name)));
  assert.equal(await resultOf(raw.message), "pass");
  assert.deepEqual([await resultOf(changed[0]!), await resultOf(changed[1]!)], ["fail", "fail"]);
});

Deno.test("an email without a key isn't signed, and its bounces go to the address in From", async () => {
  const email = sampleEmail();

  const raw = await received(email);

  assert.ok(!/^DKIM-Signature:/im.test(raw.message));
  assert.equal(raw.envelopeFrom, email.from.address);
});

Deno.test("S32 nothing in a return path ends the SMTP command", async () => {
  const raw = await received(sampleEmail({ returnPath: "token>\r\nRCPT TO:<victim>\r\n@b.example" }));

  assert.deepEqual(raw.to, ["zoe@acme.example"]);
});

async function received(email: OutgoingEmail) {
  await using server = await EmailServer.start();
  const transport = new SmtpTransport(server.url(), "app.example");
  const outcome = await transport.send(email);
  await transport.close();
  assert.equal(outcome.status, "accepted", JSON.stringify(outcome));
  const { raw: message, from: envelopeFrom, to } = server.received[0]!;
  return { message, envelopeFrom, to };
}

function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return { publicKey: publicKey.toString("base64"), privateKey };
}

function records(zone: Record<string, string[][]>) {
  return (name: string, type: string) => {
    const found = zone[`${type} ${name}`];
    return found
      ? Promise.resolve(found)
      : Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
  };
}
