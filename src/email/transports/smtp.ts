import { createTransport, type NodemailerError, type SMTPPoolOptions, type Transporter } from "nodemailer";
import { SECOND } from "../../platform/clock.ts";
import { oneLine } from "../../platform/text.ts";
import { cleanEmail } from "./clean_email.ts";
import { RecentCheck } from "./recent_check.ts";
import type { DkimKey, EmailTransport, OutgoingEmail, SendOutcome } from "./transport.ts";

const MAX_CONNECTIONS = 5;
const MAX_MESSAGES_PER_CONNECTION = 100;
const CONNECT_TIMEOUT = 10 * SECOND;
const SILENCE_TIMEOUT = 30 * SECOND;
/** Shorter than the job's timeout, so that the job learns the outcome. */
export const SEND_TIMEOUT = 45 * SECOND;
const CLOSE_TIMEOUT = SECOND;
const IMPLICIT_TLS_PORT = 465;
const SUBMISSION_PORT = 587;
const MAX_REASON_LENGTH = 300;

/** Replies that ask for authentication, or for a stronger one (RFC 4954). */
const AUTHENTICATION_CODES = [530, 534, 535, 538];

/** Enhanced status codes about the recipient's address, in replies to a command. */
const RECIPIENT_CODES: Record<string, string[]> = {
  "RCPT TO": ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"],
  DATA: ["5.1.1", "5.1.6", "5.1.10", "5.2.1"],
};

/** RFC 6376 section 5.4.1, and both headers of one-click unsubscribing, which RFC 8058 wants signed. */
const SIGNED_HEADERS = [
  ..."From Sender Reply-To Subject Date Message-ID To Cc MIME-Version Content-Type".split(" "),
  ..."Content-Transfer-Encoding In-Reply-To References Auto-Submitted".split(" "),
  ..."List-Id List-Unsubscribe List-Unsubscribe-Post Feedback-ID".split(" "),
].join(":");

export type SmtpOptions = {
  /** Milliseconds that sending an email may take in total. */
  sendTimeout?: number;
  /** PEM of an additional trusted authority, for servers with their own certificate. */
  certificateAuthority?: string;
};

/** Sends over SMTP on reused connections. */
export class SmtpTransport implements EmailTransport {
  readonly name = "smtp";
  readonly signs = true;
  readonly #transporter: Transporter;
  readonly #messageIdHost: string;
  readonly #sendTimeout: number;
  readonly #check = new RecentCheck(async () => {
    await this.#transporter.verify();
  });

  /** `messageIdHost` is the host name after the @ in each Message-ID. */
  constructor(url: URL, messageIdHost: string, options: SmtpOptions = {}) {
    this.#transporter = createTransport(connectionOptions(url, options));
    this.#messageIdHost = messageIdHost;
    this.#sendTimeout = options.sendTimeout ?? SEND_TIMEOUT;
  }

  async send(given: OutgoingEmail): Promise<SendOutcome> {
    const { id, to, from, replyTo, subject, html, text, headers, dkim, returnPath } = cleanEmail(given);
    try {
      const sent = await this.#transporter.sendMail({
        messageId: `<${id}@${this.#messageIdHost}>`,
        envelope: { from: returnPath ?? from.address, to: [to.address] },
        to,
        from,
        replyTo,
        subject,
        html,
        text,
        headers,
        dkim: dkim && signatureOptions(dkim),
        signal: AbortSignal.timeout(this.#sendTimeout),
      });
      this.#check.passed();
      return { status: "accepted", providerId: sent.serverMessageId ?? null };
    } catch (error) {
      return outcomeOf(error as NodemailerError, to.address);
    }
  }

  async check(): Promise<void> {
    await this.#check.run();
  }

  close(): Promise<void> {
    this.#transporter.close();
    return Promise.resolve();
  }
}

function signatureOptions({ domain, selector, privateKey }: DkimKey) {
  return { domainName: domain, keySelector: selector, privateKey, headerFieldNames: SIGNED_HEADERS };
}

function connectionOptions(
  url: URL,
  { certificateAuthority }: SmtpOptions,
): SMTPPoolOptions & { pool: true } {
  const secure = url.protocol === "smtps:" || url.port === String(IMPLICIT_TLS_PORT);
  const plain = url.searchParams.get("tls") === "none";
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  return {
    pool: true,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port) || (secure ? IMPLICIT_TLS_PORT : SUBMISSION_PORT),
    secure,
    requireTLS: !secure && !plain,
    ignoreTLS: plain,
    auth: user ? { user, pass } : undefined,
    tls: certificateAuthority ? { ca: certificateAuthority } : undefined,
    maxConnections: MAX_CONNECTIONS,
    maxMessages: MAX_MESSAGES_PER_CONNECTION,
    maxRequeues: 0,
    dnsTimeout: CONNECT_TIMEOUT,
    connectionTimeout: CONNECT_TIMEOUT,
    greetingTimeout: CONNECT_TIMEOUT,
    socketTimeout: SILENCE_TIMEOUT,
    socketCloseTimeout: CLOSE_TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Rejected credentials and missing TLS defer the email, so none is lost until the operator fixes them. */
function outcomeOf(error: NodemailerError, address: string): SendOutcome {
  const { code, responseCode = 0 } = error;
  if (code === "EAUTH" || code === "ENOAUTH" || AUTHENTICATION_CODES.includes(responseCode)) {
    return {
      status: "deferred",
      reason: `The mail server refuses the credentials (${responseCode || code}).`,
    };
  }
  const reason = reasonOf(error, address);
  const isAboutEmail = code === "EENVELOPE" || code === "EMESSAGE";
  if (!isAboutEmail || (responseCode > 0 && responseCode < 500)) {
    return { status: "deferred", reason, isUnsure: responseCode === 0 && !isBeforeEmail(error) };
  }
  return { status: "refused", recipient: isAboutRecipient(error), reason };
}

/** Whether there was no connection to send the email on. */
function isBeforeEmail({ code = "", syscall, timeoutType }: NodemailerError): boolean {
  return code === "EDNS" || code === "ETLS" || syscall === "connect" ||
    (timeoutType !== undefined && timeoutType !== "SOCKET_TIMEOUT");
}

/**
 * Whether the recipient's address is bad, by the enhanced status code (RFC 3463), or without one by the reply to RCPT. Refused
 * senders (MAIL FROM, 5.1.0, 5.1.7, 5.1.8), full mailboxes and policies (5.7.x) say nothing about the address.
 */
function isAboutRecipient({ command = "", response = "", responseCode = 0 }: NodemailerError): boolean {
  const codes = RECIPIENT_CODES[command];
  if (!codes) return false;
  const enhanced = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  return enhanced
    ? codes.includes(enhanced)
    : command === "RCPT TO" && [550, 551, 553].includes(responseCode);
}

function reasonOf({ response, message, code }: NodemailerError, address: string): string {
  const reason = oneLine(response || message).replaceAll(address, "…");
  return code === "EABORT" ? "The mail server takes too long." : reason.slice(0, MAX_REASON_LENGTH);
}
