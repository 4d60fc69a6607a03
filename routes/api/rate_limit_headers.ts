import type { Context, Env } from "hono";
import type { Quota } from "../../src/errors.ts";

/** Tells the client what is left of its limits (draft-ietf-httpapi-ratelimit-headers-10). */
export function setQuotas<E extends Env>(c: Context<E>, quotas: readonly Quota[]): void {
  c.header("RateLimit-Policy", quotas.map(policyField).join(", "));
  c.header("RateLimit", quotas.map(limitField).join(", "));
}

/** Adds a limit to those that the answer already has. */
export function addQuota<E extends Env>(c: Context<E>, quota: Quota): void {
  c.header("RateLimit-Policy", policyField(quota), { append: true });
  c.header("RateLimit", limitField(quota), { append: true });
}

/** `"plan";q=600;w=60`, or `"concurrency";q=50;qu="concurrent-requests"` */
function policyField({ policy, quota, window }: Quota): string {
  return `"${policy}";q=${quota};${window === null ? 'qu="concurrent-requests"' : `w=${window}`}`;
}

/** `"plan";r=599;t=60` */
function limitField({ policy, remaining, resetAfter }: Quota): string {
  return `"${policy}";r=${remaining};t=${resetAfter}`;
}
