import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { CERTIFICATE, PRIVATE_KEY } from "./certificate.ts";

/** A received email: the envelope, the raw message and the parsed message. */
export type ReceivedEmail = {
  from: string;
  to: string[];
  raw: string;
  parsed: ParsedMail;
  encrypted: boolean;
};

export const EMAIL_LOGIN = { user: "denizen", password: "email passw/rd" };

/** A real mail server on its own port. */
export class EmailServer implements AsyncDisposable {
  readonly received: ReceivedEmail[] = [];
  readonly port: number;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, port: number, received: ReceivedEmail[]) {
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
  ): Promise<EmailServer> {
    const received: ReceivedEmail[] = [];
    const server = new SMTPServer({
      key: PRIVATE_KEY,
      cert: CERTIFICATE,
      disabledCommands: ["AUTH"],
      logger: false,
      onAuth: ({ username, password }, _session, done) =>
        username === EMAIL_LOGIN.user && password === EMAIL_LOGIN.password
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
        try {
          for await (const chunk of stream) chunks.push(chunk);
        } catch (error) {
          return done(error as Error); // the client was killed before it had sent everything
        }
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
    server.on("error", () => {}); // errors of connections that the client closed
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new EmailServer(server, (server.server.address() as { port: number }).port, received);
  }

  /** The server's URL for SMTP_URL, without TLS unless `query` says otherwise. */
  url({ login = "", query = "?tls=none", scheme = "smtp" } = {}): URL {
    return new URL(`${scheme}://${login}localhost:${this.port}${query}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((closed) => this.#server.close(closed));
  }
}
