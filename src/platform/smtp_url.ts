import { z } from "zod";

const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

const NOT_SMTP =
  "must be an address such as smtps://user:password@mail.example.com; percent-encode special characters in user and password";
const UNENCRYPTED =
  "can use tls=none only with a server on this machine, or with a name without dots in a private network";

/** The URL of an SMTP server. Error messages never contain the URL, because it is a secret. */
export const smtpUrl: z.ZodType<URL, string> = z.string().transform((text, problems) => {
  const url = URL.parse(text);
  if (url && isSmtpUrl(url)) return url;
  problems.addIssue(NOT_SMTP);
  return z.NEVER;
}).refine((url) => url.searchParams.get("tls") !== "none" || isOnThisMachine(url) || isLocalName(url), {
  error: UNENCRYPTED,
});

/** Whether the URL's host is this machine. */
export function isOnThisMachine({ hostname }: URL): boolean {
  return LOOPBACK_HOSTS.includes(hostname);
}

/** Whether the host is a name that only a private network knows, such as that of another container. */
function isLocalName({ hostname }: URL): boolean {
  return /^[a-z][a-z0-9-]*$/i.test(hostname);
}

/** Requires both a user and a password, or neither. */
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
