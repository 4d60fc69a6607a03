import type { Database } from "../../db/connect.ts";
import type { Config } from "../config.ts";
import type { SystemContext } from "../context.ts";
import type { Clock } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { emailAddress } from "../platform/text.ts";
import { isSuppressed, suppress } from "./suppression.ts";
import { MailboxTransport } from "./transports/mailbox.ts";
import { ResendTransport } from "./transports/resend.ts";
import { SmtpTransport } from "./transports/smtp.ts";
import type { EmailTransport, OutgoingEmail, SendOutcome } from "./transports/transport.ts";

const log = logOf("email");

/** The reason given where nobody was asked, because the address had been suppressed before. */
export const SUPPRESSED = "suppressed";

/** The way out that is configured; without one, the mailbox of development. Nothing connects before the first mail. */
export function createTransport(config: Config, db: Database, clock: Clock): EmailTransport {
  const host = config.appUrl.hostname;
  if (config.smtpUrl) return new SmtpTransport(config.smtpUrl, host);
  if (config.resendApiKey) return new ResendTransport(config.resendApiKey);
  return new MailboxTransport(db, clock, host);
}

/**
 * Sends a mail now, unless its address is suppressed, and suppresses the address where the other side says that it is
 * bad. For jobs: it may take a minute. The same id twice is the same mail.
 */
export async function deliver(ctx: SystemContext, email: OutgoingEmail): Promise<SendOutcome> {
  const address = emailAddress.safeParse(email.to.address);
  if (!address.success) return { status: "refused", recipient: false, reason: "not an email address" };
  if (await isSuppressed(ctx, address.data)) {
    return { status: "refused", recipient: false, reason: SUPPRESSED };
  }

  const { mail } = ctx.services;
  const outcome = await mail.send(email);
  if (outcome.status === "refused" && outcome.recipient) {
    await suppress(ctx, { address: address.data, reason: "bounce", detail: outcome.reason });
  }
  record(ctx, email, outcome);
  return outcome;
}

/** What was sent, without to whom. */
function record(
  { services, requestId }: SystemContext,
  { id, message, tenantId }: OutgoingEmail,
  outcome: SendOutcome,
): void {
  const properties = { requestId, emailId: id, kind: message, tenantId, transport: services.mail.name };
  if (outcome.status === "accepted") return log.info("mail sent", properties);
  log.warn(`mail ${outcome.status}`, { ...properties, reason: outcome.reason });
}
