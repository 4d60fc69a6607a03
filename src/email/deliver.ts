import type { Database } from "../../db/connection/connect.ts";
import type { Config } from "../config.ts";
import type { SystemContext } from "../context.ts";
import type { Clock } from "../platform/clock.ts";
import { logOf } from "../platform/log.ts";
import { emailAddress } from "../platform/text.ts";
import { part } from "../ports.ts";
import { findSuppression, suppress, type SuppressionReason } from "./suppression.ts";
import { MailboxTransport } from "./transports/mailbox.ts";
import { ResendTransport } from "./transports/resend.ts";
import type { EmailTransport, OutgoingEmail, SendOutcome } from "./transports/transport.ts";

const log = logOf("email");

/** How a delivery ended. `suppressed`: the address gets no email, so the email wasn't sent. */
export type Delivery = SendOutcome | { status: "suppressed"; reason: SuppressionReason };

/** The configured transport, or the development mailbox. Nothing connects before the first email. */
export async function createTransport(config: Config, db: Database, clock: Clock): Promise<EmailTransport> {
  const host = config.appUrl.hostname;
  if (config.smtpUrl) {
    const { SmtpTransport } = await import("./transports/smtp.ts"); // most installations don't load it
    return new SmtpTransport(config.smtpUrl, host);
  }
  if (config.resendApiKey) return new ResendTransport(config.resendApiKey);
  return new MailboxTransport(db, clock, host);
}

/** The transport of this process. `deliver` uses it. */
export const EMAIL_TRANSPORT = part(
  "email transport",
  ({ config, db, clock }) => createTransport(config, db, clock),
  { close: (transport) => transport.close() },
);

/**
 * Sends an email now, unless its address is suppressed. Suppresses the address if the mail server says that it doesn't exist.
 * Call it in jobs only: it may take a minute. Emails with the same id are one email.
 */
export async function deliver(ctx: SystemContext, email: OutgoingEmail): Promise<Delivery> {
  const delivery = await attempt(ctx, email);
  record(ctx, email, delivery);
  return delivery;
}

async function attempt(ctx: SystemContext, email: OutgoingEmail): Promise<Delivery> {
  const address = emailAddress.safeParse(email.to.address);
  if (!address.success) return { status: "refused", recipient: false, reason: "not an email address" };
  const suppression = await findSuppression(ctx, address.data, email.category && email.tenantId);
  if (suppression && isBlocked(suppression, email)) return { status: "suppressed", reason: suppression };

  const outcome = await ctx.services.use(EMAIL_TRANSPORT).send(email);
  if (outcome.status === "refused" && outcome.recipient) {
    await suppress(ctx, { address: address.data, reason: "bounce", detail: outcome.reason });
  }
  return outcome;
}

/** After a complaint, emails that can't be turned off are still sent: people need the password link that they ask for. */
function isBlocked(reason: SuppressionReason, { category }: OutgoingEmail): boolean {
  return reason !== "complaint" || category !== null;
}

/** Logs the outcome without the recipient. */
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
  if (delivery.status === "accepted") return log.info("email sent", properties);
  log.warn(`email ${delivery.status}`, { ...properties, reason: delivery.reason });
}
