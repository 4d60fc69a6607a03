import type { Database } from "../../db/connection/connect.ts";
import { mailboxMessages } from "../../db/control/schema/email.ts";
import type { Clock } from "../platform/clock.ts";
import type { OutgoingText, TextOutcome, TextTransport } from "./transport.ts";

/** Keeps text messages beside the captured emails, for `/dev/mailbox`. Their text has no markup. */
export class MailboxTexts implements TextTransport {
  readonly name = "mailbox";
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async send({ id, to, text }: OutgoingText): Promise<TextOutcome> {
    await this.#db.control.insert(mailboxMessages).values({
      id,
      at: this.#clock.now(),
      channel: "sms",
      toName: "",
      toAddress: to,
      fromName: "",
      fromAddress: "",
      subject: text,
      html: "",
      text,
      headers: {},
      message: "text_message",
    }).onConflictDoNothing();
    return { status: "accepted" };
  }
}
