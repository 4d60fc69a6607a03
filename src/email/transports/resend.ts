import { z } from "zod";
import { SECOND } from "../../platform/clock.ts";
import type { NamedAddress } from "../../platform/named_address.ts";
import { oneLine } from "../../platform/text.ts";
import { cleanEmail } from "./clean_email.ts";
import { RecentCheck } from "./recent_check.ts";
import type { EmailTransport, OutgoingEmail, SendOutcome } from "./transport.ts";

const RESEND_URL = "https://api.resend.com";
const ANSWER_TIMEOUT = 20 * SECOND;
const MAX_REASON_LENGTH = 300;

/** Statuses below 500 that may pass: wait, or fix the key or the domain. */
const TEMPORARY_STATUSES = [401, 403, 408, 425, 429];

const receipt = z.object({ id: z.string() });
const failure = z.object({ name: z.string().catch(""), message: z.string().catch("") });

export type ResendOptions = { baseUrl?: string; timeout?: number };

/** Sends through the HTTP API of resend.com. */
export class ResendTransport implements EmailTransport {
  readonly name = "resend";
  /** Resend signs for the domains that its own account has verified, and chooses the return path. */
  readonly signs = false;
  readonly #headers: Record<string, string>;
  readonly #baseUrl: string;
  readonly #timeout: number;
  readonly #check = new RecentCheck(() => this.#ask());

  constructor(apiKey: string, { baseUrl = RESEND_URL, timeout = ANSWER_TIMEOUT }: ResendOptions = {}) {
    this.#headers = { Authorization: `Bearer ${apiKey}`, "User-Agent": "denizen" };
    this.#baseUrl = baseUrl;
    this.#timeout = timeout;
  }

  async send(given: OutgoingEmail): Promise<SendOutcome> {
    const { id, to, from, replyTo, subject, html, text, headers, tags } = cleanEmail(given);
    const body = {
      from: addressLine(from),
      to: [addressLine(to)],
      ...(replyTo ? { reply_to: addressLine(replyTo) } : {}),
      subject,
      html,
      text,
      headers,
      ...(tags ? { tags: Object.entries(tags).map(([name, value]) => ({ name, value })) } : {}),
    };
    try {
      const answer = await fetch(`${this.#baseUrl}/emails`, {
        method: "POST",
        headers: { ...this.#headers, "Content-Type": "application/json", "Idempotency-Key": id },
        body: JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeout),
      });
      const outcome = outcomeOf(answer.status, await readJson(answer), to.address);
      if (outcome.status === "accepted") this.#check.passed();
      return outcome;
    } catch (error) {
      return {
        status: "deferred",
        reason: isTimeout(error) ? "Resend takes too long." : "Resend can't be reached.",
      };
    }
  }

  async check(): Promise<void> {
    await this.#check.run();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A key that may only send gets a refusal here that shows that the key works. */
  async #ask(): Promise<void> {
    const answer = await fetch(`${this.#baseUrl}/domains`, {
      headers: this.#headers,
      redirect: "error",
      signal: AbortSignal.timeout(this.#timeout),
    });
    const { name } = failureOf(await readJson(answer));
    if (!answer.ok && name !== "restricted_api_key") {
      throw new Error(`Resend answers ${answer.status} ${name}`);
    }
  }
}

/** What an answer means. The reason doesn't contain `address`. */
function outcomeOf(status: number, content: unknown, address: string): SendOutcome {
  if (status >= 200 && status < 300) {
    return { status: "accepted", providerId: receipt.safeParse(content).data?.id ?? null };
  }
  const { name, message } = failureOf(content);
  const reason = oneLine(`${status} ${name} ${message}`).replaceAll(address, "…").slice(0, MAX_REASON_LENGTH);
  // The same id with another body: an earlier attempt was accepted, but its answer got lost.
  if (name === "invalid_idempotent_request") return { status: "accepted", providerId: null };
  if (status >= 500 || status === 409 || TEMPORARY_STATUSES.includes(status)) {
    return { status: "deferred", reason };
  }
  return { status: "refused", recipient: /invalid [`'"]?to[`'"]? field/i.test(message), reason };
}

function failureOf(content: unknown): { name: string; message: string } {
  return failure.safeParse(content).data ?? { name: "", message: "" };
}

async function readJson(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `"Ada, of Acme" <ada@acme.example>`, with the name quoted as in RFC 5322. */
function addressLine({ name, address }: NamedAddress): string {
  return name ? `"${name.replaceAll(/["\\]/g, "\\$&")}" <${address}>` : address;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
