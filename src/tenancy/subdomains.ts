import { z } from "zod";

const MIN_LENGTH = 2;
const MAX_LENGTH = 63; // a DNS label's limit, RFC 1035 section 2.3.4

/** Names that belong to the product, to mail and to the infrastructure, or that would look as if they did. */
const RESERVED = new Set(
  `about abuse account accounts admin administrator api app apps assets auth autoconfig autodiscover billing blog cdn
  community config console contact dashboard demo denizen dev developer developers dns docs download email ftp git help
  hostmaster http https imap info internal invite legal localhost login logout mail mailer mta mx news newsletter
  noreply ns ns1 ns2 oauth ops payment payments pop pop3 portal postmaster press preview pricing privacy prod production
  public root sales secure security server shop signin signup site smtp sso staff staging static stats status store
  support system terms test tests webhook webhooks webmail webmaster wiki www www1 www2`.split(/\s+/),
);

/** A subdomain as someone names an existing tenant by it. As in a host's name, letter case doesn't matter. */
export function normalizeSubdomain(text: string): string {
  return text.trim().toLowerCase();
}

/** The first part of a tenant's address. Every refusal says its reason. */
export const subdomain = z.string().trim()
  .min(MIN_LENGTH, `Use at least ${MIN_LENGTH} characters.`)
  .max(MAX_LENGTH, `Use ${MAX_LENGTH} characters at most.`)
  .refine((text) => text === text.toLowerCase(), "Use lower-case letters.")
  .refine((text) => /^[a-z0-9-]*$/i.test(text), "Use letters a to z, digits and hyphens only.")
  .refine((text) => !/^-|-$/.test(text), "Start and end with a letter or a digit.")
  .refine((text) => !/^..--/.test(text), "Two hyphens can't stand in third and fourth place.")
  .refine((text) => !/^\d+$/.test(text), "Use at least one letter.")
  .refine((text) => !RESERVED.has(text), "This name is reserved. Choose another one.");
