import type { Context, Env } from "hono";
import { preconditionFailed } from "../../src/errors.ts";
import { sha256 } from "../../src/platform/crypto.ts";
import { problem } from "../../src/platform/problem.ts";

const NOT_AN_ETAG = problem("not_an_etag", "If-Match must be an ETag of this resource.");
const CHANGED_MEANWHILE = problem(
  "changed_meanwhile",
  "This has changed since you read it. Read it again, then repeat your change.",
);
const NO_ETAG = problem(
  "resource_without_etag",
  "This resource has no ETag. Send the request without If-Match.",
);

const ETAG_LENGTH = 32;

/** The strong ETag of a row's version (RFC 9110, section 8.8.3). */
export function versionEtag(version: number): string {
  return `"${version}"`;
}

/** The strong ETag of a text that is sent. */
export function contentEtag(text: string): string {
  return `"${sha256(text).slice(0, ETAG_LENGTH)}"`;
}

/** Whether a client that sent `If-None-Match` has this version. Compares weakly; `*` matches any (RFC 9110, section 13.1.2). */
export function hasCurrent<E extends Env>(c: Context<E>, etag: string): boolean {
  const tags = c.req.header("If-None-Match")?.split(",") ?? [];
  return tags.some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
}

/**
 * The versions in `If-Match`, any of which may be the current one; undefined for `*` or without the header. Throws
 * `precondition_failed` for what can't match (RFC 9110, section 13.1.1).
 */
export function expectedVersions(ifMatch: string | undefined): number[] | undefined {
  const tags = tagsIn(ifMatch);
  if (!tags) return undefined;
  const versions = tags.flatMap((tag) => /^"(\d{1,9})"$/.exec(tag)?.[1] ?? []).map(Number);
  if (versions.length === 0) throw preconditionFailed(NOT_AN_ETAG);
  return versions;
}

/** Throws `precondition_failed` unless `If-Match` names the current ETag. Compares strongly. */
export function requireMatch(ifMatch: string | undefined, etag: string | undefined): void {
  const tags = tagsIn(ifMatch);
  if (!tags || (etag !== undefined && tags.includes(etag))) return;
  throw preconditionFailed(etag === undefined ? NO_ETAG : CHANGED_MEANWHILE);
}

/** Null for any version. */
function tagsIn(ifMatch: string | undefined): string[] | null {
  const tags = ifMatch?.split(",").map((tag) => tag.trim()) ?? ["*"];
  return tags.includes("*") ? null : tags;
}
