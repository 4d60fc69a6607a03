import { z } from "zod";
import { problem } from "../platform/problem.ts";

const ORIGIN_INVALID = problem(
  "api_origin_invalid",
  "Enter websites such as https://app.example.com, without a path. This isn't one: {origin}",
);
const TOO_MANY_ORIGINS = problem("too_many_api_origins", "Enter {maximum} websites at most.");

const MAX_ORIGINS = 20;
const MAX_ORIGIN_LENGTH = 200;
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?$/;
const LOCAL = new Set(["localhost", "127.0.0.1"]);

/** The websites whose scripts may call the API on the tenant's host, as origins: `https://app.example.com`. No wildcards. */
export const apiOrigins = z.array(z.string().max(MAX_ORIGIN_LENGTH))
  .overwrite((sent) => [...new Set(sent.map((text) => originOf(text) ?? text))])
  .max(MAX_ORIGINS, TOO_MANY_ORIGINS.code)
  .superRefine((origins, issues) => {
    const origin = origins.find((text) => originOf(text) === null);
    if (origin === undefined) return;
    issues.addIssue({ code: "custom", message: ORIGIN_INVALID.code, params: { origin } });
  });

/** The origin of an https website, or of one on the developer's own computer. Null for anything else. */
function originOf(text: string): string | null {
  const url = URL.parse(text.trim());
  if (!url || url.href !== `${url.origin}/` || !HOST.test(url.host)) return null;
  const isSecure = url.protocol === "https:" || (url.protocol === "http:" && LOCAL.has(url.hostname));
  return isSecure ? url.origin : null;
}
