import { z } from "zod";
import { invalid } from "../errors.ts";

const MIN_LENGTH = 2;
const MAX_LENGTH = 63; // a DNS label's limit, RFC 1035 section 2.3.4
const RESERVED_MESSAGE = "This name is reserved. Choose another one.";

/**
 * Names of the product, of email and of the infrastructure, the mailboxes of RFC 2142, and the apex's own pages. A name
 * made of nothing but these and digits would look as if it were the product's: `admin1`, `api-2`, `secure-login`.
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

/** Too general for one company, but harmless as a part of a longer name: `tenant1`, `demo-shop`. */
const RESERVED_ALONE = new Set(
  "demo projects sandbox tenant tenants test tests user users workspace workspaces".split(" "),
);

/** A subdomain as someone names an existing tenant by it. As in a host's name, letter case doesn't matter. */
export function normalizeSubdomain(text: string): string {
  return text.trim().toLowerCase();
}

/** The form of a tenant's address: one label of a host name. Every refusal says its reason. */
export const subdomainForm = z.string().trim()
  .min(MIN_LENGTH, `Use at least ${MIN_LENGTH} characters.`)
  .max(MAX_LENGTH, { error: `Use ${MAX_LENGTH} characters at most.`, abort: true })
  .refine((text) => text === text.toLowerCase(), "Use lower-case letters.")
  .refine((text) => /^[a-z0-9-]*$/i.test(text), "Use letters a to z, digits and hyphens only.")
  .refine((text) => !/^-|-$/.test(text), "Start and end with a letter or a digit.")
  .refine((text) => !/^..--/.test(text), "Two hyphens can't stand in third and fourth place.")
  .refine((text) => !/^\d+$/.test(text), "Use at least one letter.");

/** The address of a new tenant. */
export const subdomain = subdomainForm.refine((text) => !isReserved(text), RESERVED_MESSAGE);

/** For a tenant that moves: who has a reserved name already may keep it. Throws `invalid` on `subdomain`. */
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
