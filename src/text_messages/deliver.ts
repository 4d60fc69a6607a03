import type { Config } from "../config.ts";
import type { SystemContext } from "../context.ts";
import { PermanentFailure } from "../outbox/job_outcomes.ts";
import { HOUR } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { part, type Services } from "../ports.ts";
import { requireAllowed, take } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import { MailboxTexts } from "./mailbox.ts";
import type { OutgoingText, TextTransport } from "./transport.ts";
import { type TwilioAccount, TwilioTexts } from "./twilio.ts";

/** Text messages to one number. Each costs money, and anyone can enter a stranger's number. */
export const TEXTS_TO_NUMBER = rateLimit("texts_to_number", { limit: 5, window: HOUR, whenDown: "closed" });

/** Text messages that one person asks for, to any numbers. */
export const TEXTS_PERSON = rateLimit("texts_person", { limit: 10, window: HOUR, whenDown: "closed" });

/** Text messages that one network asks for. */
export const TEXTS_ADDRESS = rateLimit("texts_address", { limit: 100, window: HOUR, whenDown: "closed" });

const log = logOf("text messages");

/** The transport of this process: Twilio, or in development the mailbox. Null in production without Twilio. */
export const TEXT_TRANSPORT = part(
  "text transport",
  ({ config, db, clock }): TextTransport | null => {
    const account = twilioOf(config);
    if (account) return new TwilioTexts(account);
    return config.environment === "production" ? null : new MailboxTexts(db, clock);
  },
);

/** Whether text messages can be sent at all. */
export function sendsTexts({ config }: Pick<Services, "config">): boolean {
  return config.environment !== "production" || twilioOf(config) !== null;
}

function twilioOf(config: Config): TwilioAccount | null {
  const { twilioAccountSid: sid, twilioAuthToken: token, twilioFrom: from, twilioUrl } = config;
  return sid && token && from ? { sid, token, from, baseUrl: twilioUrl.href } : null;
}

/**
 * Sends a text message now, unless its number got too many. Call it in jobs only. Throws `PermanentFailure` if the number can't get
 * it, and any other error if a later attempt may succeed.
 */
export async function deliverText(ctx: SystemContext, message: OutgoingText): Promise<void> {
  const transport = ctx.services.use(TEXT_TRANSPORT);
  if (!transport) throw new PermanentFailure("Text messages need TWILIO_ACCOUNT_SID.");
  const properties = { requestId: ctx.requestId, textId: message.id, transport: transport.name };
  const taken = await take(ctx, TEXTS_TO_NUMBER, message.to);
  if (taken.isDown) requireAllowed(ctx, taken);
  if (!taken.allowed) return log.warn("text message not sent: its number got too many", properties);
  const outcome = await transport.send(message);
  if (outcome.status === "accepted") return log.info("text message sent", properties);
  await taken.giveBack();
  log.warn(`text message ${outcome.status}`, { ...properties, reason: outcome.reason });
  if (outcome.status === "refused") throw new PermanentFailure(outcome.reason);
  throw new Error(outcome.reason);
}
