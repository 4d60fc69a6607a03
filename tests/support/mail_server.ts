import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { CERTIFICATE, PRIVATE_KEY } from "./mail_certificate.ts";

/** A received email: the envelope, the raw message and the parsed message. */
export type ReceivedMail = {
  from: string;
  to: string[];
  raw: string;
  parsed: ParsedMail;
  encrypted: boolean;
};

export const MAIL_LOGIN = { user: "denizen", password: "mail passw/rd" };

/** A real mail server on its own port. */
export class MailServer implements AsyncDisposable {
  readonly received: ReceivedMail[] = [];
  readonly port: number;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, port: number, received: ReceivedMail[]) {
    this.#server = server;
    this.port = port;
    this.received = received;
  }

  /** `refuseRecipient` returns the reply that refuses an address, such as `550 5.1.1 No such user`. */
  static async start(
    { refuseRecipient = () => undefined, delay = 0, ...options }: SMTPServerOptions & {
      refuseRecipient?: (address: string) => string | undefined;
      delay?: number;
    } = {},
  ): Promise<MailServer> {
    const received: ReceivedMail[] = [];
    const server = new SMTPServer({
      key: PRIVATE_KEY,
      cert: CERTIFICATE,
      disabledCommands: ["AUTH"],
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        username === MAIL_LOGIN.user && password === MAIL_LOGIN.password
          ? done(null, { user: username })
          : done(new Error("wrong")),
      onRcptTo: ({ address }, _session, done) => {
        const reply = refuseRecipient(address);
        const refusal = new Error(reply?.slice(4));
        const answer = reply ? Object.assign(refusal, { responseCode: parseInt(reply) }) : null;
        setTimeout(() => done(answer), delay);
      },
      onData: async (stream, { envelope, secure }, done) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of stream) chunks.push(chunk);
        const raw = await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text();
        received.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : "",
          to: envelope.rcptTo.map(({ address }) => address),
          raw,
          parsed: await simpleParser(raw),
          encrypted: secure,
        });
        done(null);
      },
      ...options,
    });
    server.on("error", () => {}); // of connections that the other side gave up
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new MailServer(server, (server.server.address() as { port: number }).port, received);
  }

  /** Its URL for SMTP_URL, without TLS unless `query` says otherwise. */
  url({ login = "", query = "?tls=none", scheme = "smtp" } = {}): URL {
    return new URL(`${scheme}://${login}localhost:${this.port}${query}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((closed) => this.#server.close(closed));
  }
}
