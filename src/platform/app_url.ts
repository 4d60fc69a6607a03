import { z } from "zod";

const IPV4 = /^\d+(\.\d+){3}$/;

/** A Zod transform for APP_URL: the apex's scheme, host name, and port, and nothing else. */
export function parseAppUrl(text: string, problems: z.RefinementCtx): URL {
  const url = URL.parse(text);
  const problem = !url || !/^https?:$/.test(url.protocol) || !url.hostname
    ? "must be an address such as https://example.com"
    : problemOf(url);
  if (!problem) return new URL(url!.origin);
  problems.addIssue(problem);
  return z.NEVER;
}

function problemOf(url: URL): string | undefined {
  if (IPV4.test(url.hostname) || url.hostname.startsWith("[")) {
    const example = Object.assign(new URL(url.origin), { hostname: "localhost" }).origin;
    return `must have a host name, not an IP address, because workspaces live at <subdomain>.<host>; on this machine use ${example}`;
  }
  if (url.username || url.password) return "must not contain a user or a password";
  if (url.pathname !== "/" || url.search || url.hash) {
    return `must not contain a path, query or fragment; Denizen serves the whole host: ${url.origin}`;
  }
  return undefined;
}
