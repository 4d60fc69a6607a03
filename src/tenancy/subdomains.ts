import { z } from "zod";
import { invalid } from "../errors.ts";

const MIN_LENGTH = 2;
const MAX_LENGTH = 63; // a DNS label's limit, RFC 1035 section 2.3.4
const RESERVED_MESSAGE = "This name is reserved. Choose another one.";

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
  .min(MIN_LENGTH, `Use at least ${MIN_LENGTH} characters.`)
  .max(MAX_LENGTH, { error: `Use ${MAX_LENGTH} characters at most.`, abort: true })
  .refine((text) => text === text.toLowerCase(), "Use lowercase letters.")
  .refine((text) => /^[a-z0-9-]*$/i.test(text), "Use letters a to z, digits and hyphens only.")
  .refine((text) => !/^-|-$/.test(text), "Start and end with a letter or a digit.")
  .refine((text) => !/^..--/.test(text), "The third and fourth characters can't both be hyphens.")
  .refine((text) => !/^\d+$/.test(text), "Use at least one letter.");

/** The subdomain of a new tenant. */
export const subdomain = subdomainForm.refine((text) => !isReserved(text), RESERVED_MESSAGE);

/**
 * Checks the new subdomain of an existing tenant. A tenant may keep a reserved name that it already has. Throws
 * `invalid` on `subdomain`.
 */
export function rejectReserved(name: string): void {
  if (isReserved(name)) throw invalid({ subdomain: RESERVED_MESSAGE });
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
