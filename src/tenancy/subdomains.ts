import { z } from "zod";
import { invalid } from "../errors.ts";
import { problem } from "../platform/problem.ts";
import { TEXT_TOO_LONG } from "../platform/text.ts";

export const SUBDOMAIN_TAKEN = problem("subdomain_taken", "This address is taken.");
const SUBDOMAIN_RESERVED = problem("subdomain_reserved", "This name is reserved. Choose another one.");
const SUBDOMAIN_MISSING = problem("subdomain_missing", "Enter a workspace address.");
const TOO_SHORT = problem("subdomain_too_short", "Use at least {minimum} characters.");
const UPPERCASE = problem("subdomain_uppercase", "Use lowercase letters.");
const WRONG_CHARACTER = problem("subdomain_character", "Use letters a to z, digits and hyphens only.");
const OUTER_HYPHEN = problem("subdomain_outer_hyphen", "Start and end with a letter or a digit.");
const LIKE_PUNYCODE = problem(
  "subdomain_like_punycode",
  "The third and fourth characters can't both be hyphens.",
);
const ONLY_DIGITS = problem("subdomain_only_digits", "Use at least one letter.");

const MIN_LENGTH = 2;
export const MAX_SUBDOMAIN_LENGTH = 63; // a DNS label's limit, RFC 1035 section 2.3.4

/**
 * Names of the product, email, and infrastructure, the mailboxes of RFC 2142, and the apex's pages. A name made only of these
 * words and digits would look official: `admin1`, `api-2`, `secure-login`.
 */
const RESERVED = new Set(
  `about abuse account accounts admin administrator admins alerts analytics api apis app apps assets audit auth
   authentication autoconfig autodiscover backup backups billing blog cache callback cdn cloud community config
   confirm console contact cron dashboard database db debug denizen dev developer developers dns docs download
   downloads email emails events export faq feedback files forgot forgot-password ftp git graphql grafana
   handoff health healthz help helpdesk hostmaster http https identity idp images imap inbound info internal
   invite invoice invoices jobs kibana legal live livez local localhost log log-in log-out login logout logs
   mail mailbox mailer marketing media metrics monitor monitoring mta mx my news newsletter no-reply noc
   noreply ns oauth official openapi openid ops outbound password passwords payment payments platform pop
   portal postmaster press preview pricing privacy prod production profile prometheus proxy public queue ready
   readyz redirect register reset reset-password root sales saml search secure security server settings shop
   sign-in sign-out sign-up signin signout signup site sites smtp ssl sso staff staging static stats status
   store support sysadmin system terms tls token tokens unsubscribe update updates upload uploads usenet uucp
   verification verify verify-email web webhook webhooks webmail webmaster wiki ws www`.split(/\s+/),
);

/** Too generic for one company, but harmless as part of a longer name: `tenant1`, `demo-shop`. */
const RESERVED_ALONE = new Set(
  "demo projects sandbox tenant tenants test tests user users workspace workspaces".split(" "),
);

/** A subdomain that was typed to find an existing tenant. Letter case doesn't matter, as in any host name. */
export function normalizeSubdomain(text: string): string {
  return text.trim().toLowerCase();
}

/** The syntax of a tenant's subdomain: one label of a host name. Every error states its reason. */
export const subdomainForm = z.string().trim()
  .min(1, { error: SUBDOMAIN_MISSING.code, abort: true })
  .min(MIN_LENGTH, TOO_SHORT.code)
  .max(MAX_SUBDOMAIN_LENGTH, { error: TEXT_TOO_LONG.code, abort: true })
  .refine((text) => text === text.toLowerCase(), UPPERCASE.code)
  .refine((text) => /^[a-z0-9-]*$/i.test(text), WRONG_CHARACTER.code)
  .refine((text) => !/^-|-$/.test(text), OUTER_HYPHEN.code)
  .refine((text) => !/^..--/.test(text), LIKE_PUNYCODE.code)
  .refine((text) => !/^\d+$/.test(text), ONLY_DIGITS.code);

/** The subdomain of a new tenant. */
export const subdomain = subdomainForm.refine((text) => !isReserved(text), SUBDOMAIN_RESERVED.code);

/**
 * Checks the new subdomain of an existing tenant. A tenant may keep a reserved name that it already has. Throws
 * `invalid` on `subdomain`.
 */
export function rejectReserved(name: string): void {
  if (isReserved(name)) throw invalid({ subdomain: SUBDOMAIN_RESERVED });
}

function isReserved(name: string): boolean {
  const words = name.split("-").map(withoutNumber).filter(Boolean);
  if (RESERVED_ALONE.has(name) || RESERVED.has(withoutNumber(name))) return true;
  return words.length > 0 && words.every((word) => RESERVED.has(word));
}

/** `www` of `www2`, `api` of `api-2`. */
function withoutNumber(name: string): string {
  return name.replace(/-?\d+$/, "");
}
