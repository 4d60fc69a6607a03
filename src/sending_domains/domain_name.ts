import { domainToASCII } from "node:url";
import { z } from "zod";
import { domainOf, isPublicEmailDomain } from "../access/public_email_domains.ts";
import type { Config } from "../config.ts";
import { invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";

const DOMAIN_INVALID = problem("sending_domain_invalid", "Enter a domain, like example.com.");
const DOMAIN_IS_SUFFIX = problem(
  "sending_domain_is_suffix",
  "Everyone registers names under {domain}. Enter your own domain.",
);
const DOMAIN_IS_PUBLIC = problem(
  "sending_domain_is_public",
  "Anyone can get an address at {domain}. Enter your own domain.",
);
const DOMAIN_IS_OURS = problem("sending_domain_is_ours", "{domain} is ours. Enter your own domain.");
const SENDER_INVALID = problem(
  "sending_domain_sender_invalid",
  "Use letters a to z, digits, dots, hyphens and underscores, like news or hello.",
);

/** Leaves room for the longest name of a record below it, within the 253 characters of a name in DNS. */
const MAX_LENGTH = 220;
const MAX_SENDER_LENGTH = 40;
const LABELS = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;
const SENDER = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;

export const DEFAULT_SENDER = "news";

/** A domain in any script and case. People also paste its website or an address. It becomes lower case and ASCII. */
export const domainName = z.string().max(1_000, DOMAIN_INVALID.code).transform((text, issues) => {
  const host = text.trim().replace(/^https?:\/\//i, "").replace(/[/?#].*$/s, "").replace(/^.*@/s, "");
  const domain = domainToASCII(host.replace(/\.$/, ""));
  if (domain.length <= MAX_LENGTH && LABELS.test(domain)) return domain;
  issues.addIssue({ code: "custom", message: DOMAIN_INVALID.code });
  return z.NEVER;
});

/** The part of the From address before the @. */
export const senderName = z.string().trim().max(MAX_SENDER_LENGTH, SENDER_INVALID.code)
  .regex(SENDER, SENDER_INVALID.code).toLowerCase().default(DEFAULT_SENDER);

/** Throws `invalid` on `domain` if nobody can own it, if everybody can have an address there, or if it is the product's own. */
export async function requireOwnable(
  { appUrl, emailFrom, emailReturnHost }: Pick<Config, "appUrl" | "emailFrom" | "emailReturnHost">,
  domain: string,
): Promise<void> {
  const registered = await registeredDomain(domain);
  if (registered === null) throw invalid({ domain: DOMAIN_IS_SUFFIX.with({ domain }) });
  if (isPublicEmailDomain(registered)) {
    throw invalid({ domain: DOMAIN_IS_PUBLIC.with({ domain: registered }) });
  }
  const ours = [appUrl.hostname, domainOf(emailFrom.address), emailReturnHost].filter((host) =>
    host !== undefined
  );
  if (ours.some((host) => isWithin(host, domain) || isWithin(domain, host))) {
    throw invalid({ domain: DOMAIN_IS_OURS.with({ domain }) });
  }
}

/** The part of a domain that its owner registered: `acme.co.uk` of `news.acme.co.uk`. Null for a public suffix. */
export async function registeredDomain(domain: string): Promise<string | null> {
  const { getDomain } = await import("tldts"); // 150 KB that only these pages and checks need
  return getDomain(domain, { allowPrivateDomains: true });
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
