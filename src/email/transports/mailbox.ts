import { sql } from "drizzle-orm";
import type { Database } from "../../../db/connection/connect.ts";
import { mailboxMessages } from "../../../db/control/schema/email.ts";
import { tenants } from "../../../db/control/schema/tenants.ts";
import type { Clock } from "../../platform/clock.ts";
import { cleanEmail } from "./clean_email.ts";
import type { EmailTransport, OutgoingEmail, SendOutcome } from "./transport.ts";

const KEPT_MESSAGES = 1_000;

/** Keeps the newest emails for `/dev/mailbox`, if no other transport is configured. */
export class MailboxTransport implements EmailTransport {
  readonly name = "mailbox";
  readonly signs = true;
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #messageIdHost: string;

  constructor(db: Database, clock: Clock, messageIdHost: string) {
    this.#db = db;
    this.#clock = clock;
    this.#messageIdHost = messageIdHost;
  }

  async send(given: OutgoingEmail): Promise<SendOutcome> {
    const { id, to, from, replyTo, subject, html, text, headers, tenantId, message } = cleanEmail(given);
    const { control } = this.#db;
    await control.insert(mailboxMessages).values({
      id,
      at: this.#clock.now(),
      toName: to.name,
      toAddress: to.address.toLowerCase(),
      fromName: from.name,
      fromAddress: from.address,
      subject,
      html,
      text,
      headers: {
        "Message-ID": `<${id}@${this.#messageIdHost}>`,
        ...(replyTo ? { "Reply-To": replyTo.address } : {}),
        ...headers,
      },
      // An email may be sent just after its tenant was deleted.
      tenantId: tenantId
        ? sql`(select ${tenants.id} from ${tenants} where ${tenants.id} = ${tenantId})`
        : null,
      message,
    }).onConflictDoNothing();
    await control.execute(sql`delete from ${mailboxMessages} where id in
      (select id from ${mailboxMessages} order by at desc, id desc offset ${KEPT_MESSAGES})`);
    return { status: "accepted", providerId: id };
  }

  async check(): Promise<void> {
    await this.#db.control.execute(sql`select from ${mailboxMessages} limit 1`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
