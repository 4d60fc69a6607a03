import { z } from "zod";
import { emailAddress, singleLine } from "../platform/text.ts";

/** Whose address it is. The name may be empty. */
export type NamedAddress = { name: string; address: string };

/** How the product is told to send mail; part of the `Config`. */
export type EmailConfig = {
  /** Absent, like the key of Resend: mail stays in the mailbox of development. */
  smtpUrl: URL | undefined;
  resendApiKey: string | undefined;
  emailFrom: NamedAddress;
  /** What Resend signs its notices of bounces and complaints with, as `whsec_…`. */
  emailWebhookSecret: string | undefined;
};

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];
const MAX_NAME_LENGTH = 100;
const DEFAULT_NAME = "Denizen";

const NOT_SMTP =
  "must be an address such as smtps://user:password@mail.example.com, with what is special in user and password percent-encoded";

/** The environment's variables about mail. Their messages never hold a value: two of them are secrets. */
export const emailVariables = {
  SMTP_URL: z.string().transform((text, problems) => {
    const url = URL.parse(text);
    if (url && isSmtpUrl(url)) return url;
    problems.addIssue(NOT_SMTP);
    return z.NEVER;
  }).refine((url) => url.searchParams.get("tls") !== "none" || LOOPBACK_HOSTS.includes(url.hostname), {
    error: "may say tls=none for a server on this machine only",
  }).optional(),
  RESEND_API_KEY: z.string().regex(/^re_[\x21-\x7e]+$/, "must be a key such as re_…").optional(),
  EMAIL_FROM: z.string().transform((text, problems) => {
    const from = parseSender(text);
    if (from) return from;
    problems.addIssue("must be an address such as no-reply@example.com, or Name <no-reply@example.com>");
    return z.NEVER;
  }).optional(),
  EMAIL_WEBHOOK_SECRET: z.string().regex(
    /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
    "must be a secret such as whsec_…",
  )
    .optional(),
};

type EmailVariables = { [Name in keyof typeof emailVariables]?: z.output<(typeof emailVariables)[Name]> };

/** The configuration of mail; where no sender is named, one of the apex's host. */
export function emailConfig(variables: EmailVariables, appUrl: URL): EmailConfig {
  return {
    smtpUrl: variables.SMTP_URL,
    resendApiKey: variables.RESEND_API_KEY,
    emailFrom: variables.EMAIL_FROM ?? { name: DEFAULT_NAME, address: `no-reply@${appUrl.hostname}` },
    emailWebhookSecret: variables.EMAIL_WEBHOOK_SECRET,
  };
}

/** What is wrong with the variables together, one line each. In production mail must leave: there is no mailbox to look into. */
export function emailProblems(variables: EmailVariables, environment: string): string[] {
  const lines: string[] = [];
  if (variables.SMTP_URL && variables.RESEND_API_KEY) {
    lines.push("RESEND_API_KEY: can't be set beside SMTP_URL; choose one of them");
  }
  if (environment !== "production") return lines;
  if (!variables.SMTP_URL && !variables.RESEND_API_KEY) {
    lines.push("SMTP_URL: or RESEND_API_KEY must be set in production");
  }
  if (!variables.EMAIL_FROM) lines.push("EMAIL_FROM: must be set in production");
  return lines;
}

/** Whether email reaches other people: by Resend, or by a mail server that isn't on this machine. */
export function sendsToOthers({ smtpUrl, resendApiKey }: EmailConfig): boolean {
  return Boolean(resendApiKey) || (smtpUrl !== undefined && !LOOPBACK_HOSTS.includes(smtpUrl.hostname));
}

/** Programs log in with both a user and a password, or with neither. */
function isSmtpUrl({ protocol, hostname, username, password }: URL): boolean {
  if (!/^smtps?:$/.test(protocol) || !hostname || !username !== !password) return false;
  return [username, password].every(isPercentEncoded);
}

function isPercentEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text).isWellFormed();
  } catch {
    return false;
  }
}

function parseSender(text: string): NamedAddress | null {
  const [, quotedName, plainName, bracketed] = /^(?:"([^"\\]*)"|([^<>"]*))\s*<([^<>]+)>$/.exec(text.trim()) ??
    [];
  const address = emailAddress.safeParse(bracketed ?? text);
  const name = (quotedName ?? plainName ?? "").trim();
  if (!address.success || (name && !singleLine(MAX_NAME_LENGTH).safeParse(name).success)) return null;
  return { name, address: address.data };
}
