import type { Database } from "../../db/connection/connect.ts";
import type { Config } from "../config.ts";
import type { SystemContext } from "../context.ts";
import type { Clock } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { emailAddress } from "../platform/text.ts";
import { part } from "../ports.ts";
import { categoryOf } from "./categories.ts";
import { findSuppression, suppress, type SuppressionReason } from "./suppression.ts";
import { MailboxTransport } from "./transports/mailbox.ts";
import { ResendTransport } from "./transports/resend.ts";
import { SmtpTransport } from "./transports/smtp.ts";
import type { EmailTransport, OutgoingEmail, SendOutcome } from "./transports/transport.ts";

const log = logOf("email");

/** What became of a mail. `suppressed`: nobody was asked, because of what was known of the address. */
export type Delivery = SendOutcome | { status: "suppressed"; reason: SuppressionReason };

/** The way out that is configured; without one, the mailbox of development. Nothing connects before the first mail. */
export function createTransport(config: Config, db: Database, clock: Clock): EmailTransport {
  const host = config.appUrl.hostname;
  if (config.smtpUrl) return new SmtpTransport(config.smtpUrl, host);
  if (config.resendApiKey) return new ResendTransport(config.resendApiKey);
  return new MailboxTransport(db, clock, host);
}

/** The way out of this process. `deliver` uses it. */
export const EMAIL_TRANSPORT = part(
  "email transport",
  ({ config, db, clock }) => createTransport(config, db, clock),
  { close: (transport) => transport.close() },
);

/**
 * Sends a mail now, unless its address is suppressed, and suppresses the address where the other side says that it is
 * bad. For jobs: it may take a minute. The same id twice is the same mail.
 */
export async function deliver(ctx: SystemContext, email: OutgoingEmail): Promise<Delivery> {
  const delivery = await attempt(ctx, email);
  record(ctx, email, delivery);
  return delivery;
}

async function attempt(ctx: SystemContext, email: OutgoingEmail): Promise<Delivery> {
  const address = emailAddress.safeParse(email.to.address);
  if (!address.success) return { status: "refused", recipient: false, reason: "not an email address" };
  const suppression = await findSuppression(ctx, address.data);
  if (suppression && holdsBack(suppression, email)) return { status: "suppressed", reason: suppression };

  const outcome = await ctx.services.use(EMAIL_TRANSPORT).send(email);
  if (outcome.status === "refused" && outcome.recipient) {
    await suppress(ctx, { address: address.data, reason: "bounce", detail: outcome.reason });
  }
  return outcome;
}

/** Whoever called a mail spam still gets what is about their account: a link for a new password they asked for themselves. */
function holdsBack(reason: SuppressionReason, { message }: OutgoingEmail): boolean {
  return reason !== "complaint" || categoryOf(message) !== null;
}

/** What was sent, or why it was not, without to whom. */
function record(
  { services, requestId }: SystemContext,
  { id, message, tenantId }: OutgoingEmail,
  delivery: Delivery,
): void {
  const properties = {
    requestId,
    emailId: id,
    kind: message,
    tenantId,
    transport: services.use(EMAIL_TRANSPORT).name,
  };
  if (delivery.status === "accepted") return log.info("mail sent", properties);
  log.warn(`mail ${delivery.status}`, { ...properties, reason: delivery.reason });
}
