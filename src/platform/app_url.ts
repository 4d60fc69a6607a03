import { z } from "zod";

const IPV4 = /^\d+(\.\d+){3}$/;

/** The apex's address from APP_URL: scheme, host name and port, nothing else. For a Zod transform. */
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
  if (url.username || url.password) return "must have no user and no password";
  if (url.pathname !== "/" || url.search || url.hash) {
    return `must have no path, query or fragment; Denizen serves the whole host: ${url.origin}`;
  }
  return undefined;
}
