/** Emails that came back, and how a mail server reports them. */
import { contacts } from "../../db/tenant/schema/contacts.ts";
import { returnAddress } from "../../src/bounces/return_path.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Company, World } from "./world.ts";

export const SECRET = `whsec_${btoa("twenty-four bytes or more")}`;
export const SETTINGS = { EMAIL_RETURN_HOST: "bounces.denizen.example", EMAIL_WEBHOOK_SECRET: SECRET };
export const ZOE = "zoe@globex.example";
export const EMAIL_ID = newId();

/** A workspace with the contact Zoe, and the return address of emails to her. */
export async function contactOf(world: World): Promise<{ acme: Company; id: string; address: string }> {
  const acme = await world.company("acme");
  const [id, now] = [newId(), world.clock.now()];
  await acme.ctx.tx((tx) => tx.insert(contacts).values({ id, email: ZOE, createdAt: now, updatedAt: now }));
  const addressee = { tenantId: acme.tenant.id, contactId: id, email: ZOE };
  return { acme, id, address: returnAddress(world.services, addressee, "bounces.denizen.example") };
}

/** A report as Postfix sends it. */
export function report(to: string, {
  status = `Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <${ZOE}>: No such user`,
  text = "I'm sorry to have to inform you that your message could not be delivered.",
  original =
    `--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <${EMAIL_ID}@app.example>\r\nSubject: News\r\n\r\n`,
} = {}): string {
  return [
    "Return-Path: <>",
    "From: MAILER-DAEMON@mx.globex.example",
    `To: ${to}`,
    "Subject: Undelivered Mail Returned to Sender",
    "Message-ID: <20260302.AB12@mx.globex.example>",
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "Content-Type: text/plain; charset=iso-8859-1",
    "Content-Transfer-Encoding: 8bit",
    "",
    text,
    "",
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.globex.example",
    "",
    `Final-Recipient: rfc822; ${ZOE}`,
    status,
    "",
    `${original}--b--`,
    "",
  ].join("\r\n");
}
