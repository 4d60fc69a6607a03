import { z } from "zod";
import { DatabaseUrlError, parseDatabaseUrl } from "../../db/connection/database_url.ts";
import { type AddressRange, parseAddressRange } from "../platform/address_ranges.ts";
import { parseAppUrl } from "../platform/app_url.ts";
import { isOnThisMachine } from "../platform/smtp_url.ts";
import { emailAddress } from "../platform/text.ts";

const LISTENING_ADDRESS = /^(\[[0-9a-f:.]+\]|[0-9a-f:.]+|[a-z0-9.-]+)$/i;

/** An IP address or a host name. Brackets around an IPv6 address are optional. */
export const listeningAddress: z.ZodType<string, string> = z.string()
  .regex(LISTENING_ADDRESS, "must be an address or name of this machine, such as 127.0.0.1 or ::1")
  .transform((host) => host.replace(/^\[(.*)\]$/, "$1"));

/** A host name of several labels, in lower case. */
export const hostName: z.ZodType<string, string> = z.string().toLowerCase()
  .regex(
    /^(?=.{4,200}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
    "must be a host name such as bounces.example.com",
  );

export const appUrl: z.ZodType<URL, string> = z.string().transform(parseAppUrl);

export const databaseUrl: z.ZodType<string, string> = z.string().superRefine((text, problems) => {
  try {
    parseDatabaseUrl(text);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    problems.addIssue(error.message);
  }
});

/** IP addresses and CIDR ranges, comma-separated. */
export const addressRanges: z.ZodType<AddressRange[], string> = z.string().transform((list, problems) => {
  const entries = list.split(",").map((part) => part.trim()).filter(Boolean);
  return entries.flatMap((entry) => {
    const range = parseAddressRange(entry);
    if (range) return range;
    problems.addIssue(
      `"${entry}" is not an IP address or range; write 10.0.0.1, 10.0.0.0/8 or fd00::/8`,
    );
    return [];
  });
});

/** Error messages never contain the URL, because it is a secret. */
export const redisUrl: z.ZodType<string, string> = z.string().refine(
  (text) => /^rediss?:$/.test(URL.parse(text)?.protocol ?? ""),
  "must be an address such as redis://127.0.0.1:6379 or rediss://user:password@redis.example.com:6379",
);

/** The address of another service over HTTP. Only a service on this machine may do without https. */
export const serviceUrl: z.ZodType<URL, string> = z.string().transform((text, problems) => {
  const url = URL.parse(text);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isOnThisMachine(url))) return url;
  problems.addIssue("must be an https address");
  return z.NEVER;
});

/** The address of a bucket and an optional folder in it. Only storage on this machine may do without https. */
export const bucketUrl: z.ZodType<URL, string> = serviceUrl.refine(
  ({ pathname, search, username }) => /^\/[^/]/.test(pathname) && !search && !username,
  "must name the bucket after the host, such as https://s3.example.com/bucket/folder",
);

/** An email address or the address of a web page, as a URI. */
export const contact: z.ZodType<string, string> = z.string().transform((text, problems) => {
  if (URL.parse(text)?.protocol === "https:") return text;
  const address = emailAddress.safeParse(text.replace(/^mailto:/, ""));
  if (address.success) return `mailto:${address.data}`;
  problems.addIssue("must be an email address or an https address");
  return z.NEVER;
});
