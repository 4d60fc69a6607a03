import { z } from "zod";
import { SECOND } from "../platform/clock.ts";
import { oneLine } from "../platform/text.ts";
import type { OutgoingText, TextOutcome, TextTransport } from "./transport.ts";

const ANSWER_TIMEOUT = 10 * SECOND;
const MAX_REASON_LENGTH = 300;

/** Statuses below 500 that may pass: wait, or fix the credentials or the account. */
const TEMPORARY_STATUSES = [401, 403, 408, 429];

const failure = z.object({ code: z.number().catch(0), message: z.string().catch("") });

export type TwilioAccount = {
  sid: string;
  token: string;
  /** The sending number in E.164, or the id of a messaging service. */
  from: string;
  /** `https://api.twilio.com`, or a stand-in. */
  baseUrl: string;
};

/** Sends through Twilio's Messages API (https://www.twilio.com/docs/messaging/api/message-resource). */
export class TwilioTexts implements TextTransport {
  readonly name = "twilio";
  readonly #url: string;
  readonly #authorization: string;
  readonly #from: string;
  readonly #timeout: number;

  constructor({ sid, token, from, baseUrl }: TwilioAccount, timeout = ANSWER_TIMEOUT) {
    this.#url = `${baseUrl.replace(/\/$/, "")}/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`;
    this.#authorization = `Basic ${btoa(`${sid}:${token}`)}`;
    this.#from = from;
    this.#timeout = timeout;
  }

  async send({ to, text }: OutgoingText): Promise<TextOutcome> {
    const sender = this.#from.startsWith("MG") ? "MessagingServiceSid" : "From";
    try {
      const answer = await fetch(this.#url, {
        method: "POST",
        headers: { Authorization: this.#authorization },
        body: new URLSearchParams({ To: to, Body: text, [sender]: this.#from }),
        redirect: "error",
        signal: AbortSignal.timeout(this.#timeout),
      });
      const content = await answer.text();
      return answer.ok ? { status: "accepted" } : outcomeOf(answer.status, content, to);
    } catch {
      return { status: "deferred", reason: "Twilio can't be reached, or takes too long." };
    }
  }
}

/** What a refusal means. The reason doesn't contain the number. */
function outcomeOf(status: number, content: string, to: string): TextOutcome {
  const { code, message } = failureOf(content);
  const reason = oneLine(`${status} ${code} ${message}`).replaceAll(to, "…").slice(0, MAX_REASON_LENGTH);
  const isTemporary = status >= 500 || TEMPORARY_STATUSES.includes(status);
  return { status: isTemporary ? "deferred" : "refused", reason };
}

function failureOf(content: string): z.output<typeof failure> {
  try {
    return failure.parse(JSON.parse(content));
  } catch {
    return { code: 0, message: "" };
  }
}
