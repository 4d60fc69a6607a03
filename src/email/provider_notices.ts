import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { z } from "zod";
import type { SystemContext } from "../context.ts";
import { unverified } from "../errors.ts";
import { logOf } from "../platform/log.ts";
import { problem } from "../platform/problem.ts";
import { emailAddress, oneLine } from "../platform/text.ts";
import { type NewSuppression, suppress } from "./suppression.ts";

const NOTICE_UNVERIFIED = problem("notice_unverified", "The signature is missing, wrong, or too old.");

const MAX_RECIPIENTS = 100;

const log = logOf("email");

const tags = z.record(z.string(), z.string()).catch({});
const recipients = z.array(z.string()).max(MAX_RECIPIENTS).catch([]);

const bounced = z.object({
  type: z.literal("email.bounced"),
  data: z.object({
    to: recipients,
    tags,
    bounce: z.object({ type: z.string().catch(""), message: z.string().catch("") }).optional(),
  }),
});
const complained = z.object({
  type: z.literal("email.complained"),
  data: z.object({ to: recipients, tags }),
});
const notice = z.union([
  bounced,
  complained,
  z.unknown().transform(() => ({ type: "other" as const })),
]);

/** What a provider reports about an email it accepted. `other` says nothing about the address. */
export type ProviderNotice = z.output<typeof notice>;

/**
 * The notice in a signed body. Throws `unverified` unless it was signed with `secret` within the last five minutes by the system's
 * clock, the only one that the library supports.
 */
export function readNotice(
  secret: string,
  { id, timestamp, signature }: { id: string; timestamp: string; signature: string },
  body: string,
): ProviderNotice {
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    log.warn("unverified notice refused", { reason: error.message });
    throw unverified(NOTICE_UNVERIFIED);
  }
  return notice.parse(parseJson(body));
}

/** Suppresses the addresses of a permanent bounce or a complaint. Applying a notice again changes nothing. */
export async function applyNotice(ctx: SystemContext, notice: ProviderNotice): Promise<void> {
  const cause = causeOf(notice);
  if (!cause || notice.type === "other") return;
  for (const recipient of notice.data.to) {
    const address = emailAddress.safeParse(addressOf(recipient));
    if (address.success) await suppress(ctx, { address: address.data, ...cause });
  }
}

/** What a notice says about the email's recipient. Null if it says nothing that counts. */
export function outcomeIn(
  notice: ProviderNotice,
): { kind: "bounced" | "complained"; tags: Readonly<Record<string, string>> } | null {
  const cause = causeOf(notice);
  if (!cause || notice.type === "other") return null;
  return { kind: cause.reason === "complaint" ? "complained" : "bounced", tags: notice.data.tags };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Only permanent bounces count. A notice without a bounce type is about a permanent one. */
function causeOf(notice: ProviderNotice): Pick<NewSuppression, "reason" | "detail"> | null {
  if (notice.type === "other") return null;
  if (notice.type === "email.complained") {
    return { reason: "complaint", detail: "The reader marked an email as spam." };
  }
  const { type = "Permanent", message = "" } = notice.data.bounce ?? {};
  return type.toLowerCase() === "permanent" ? { reason: "bounce", detail: oneLine(message) } : null;
}

/** The address in `Ada <ada@acme.example>` or in the address alone. */
function addressOf(recipient: string): string {
  return /<([^<>]+)>\s*$/.exec(recipient)?.[1] ?? recipient;
}
