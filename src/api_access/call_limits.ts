import { apiRequestsOf } from "../billing/entitlements.ts";
import { type PlanKey, planOf } from "../billing/plans.ts";
import { type DomainError, type Quota, rateLimited } from "../errors.ts";
import { MINUTE } from "../platform/clock.ts";
import { problem } from "../platform/problem.ts";
import { part, type Services } from "../ports.ts";
import { take, type Taken } from "../rate_limits/limiter.ts";
import { rateLimit } from "../rate_limits/rate_limit.ts";
import type { Tenant, TenantId } from "../tenancy/tenant.ts";
import { MAX_REQUESTS_PER_MINUTE } from "./key_input.ts";

const TOO_MANY_CALLS = problem(
  "too_many_api_calls",
  "Your plan allows {limit} API requests a minute. Try again in {seconds} seconds.",
);
const TOO_MANY_CALLS_OF_KEY = problem(
  "too_many_api_calls_of_key",
  "This API key may send {limit} requests a minute. Try again in {seconds} seconds.",
);
const TOO_MANY_AT_ONCE = problem(
  "too_many_api_calls_at_once",
  "Your plan allows {limit} API requests at once. Wait for some to end.",
);

const WINDOW = MINUTE;
/** How many unchanged answers are free, for each call of the plan. */
const FREE_CALLS_PER_CALL = 5;

/** The calls of a tenant, with all of its tokens and keys. The plan says how many. */
export const CALLS_OF_TENANT = rateLimit("api_tenant", {
  limit: planOf("starter").apiRequestsAMinute,
  window: WINDOW,
  whenDown: "open",
});

/** The calls with a key that has a limit of its own, which replaces this largest one. */
export const CALLS_OF_KEY = rateLimit("api_key", {
  limit: MAX_REQUESTS_PER_MINUTE,
  window: WINDOW,
  whenDown: "open",
});

/**
 * The calls of a tenant whose answer was 304, because nothing has changed, and which therefore use up neither limits nor the plan's
 * calls. Each of them reads from the database like any other, so they have a limit: further ones count.
 */
export const FREE_CALLS_OF_TENANT = rateLimit("api_unchanged", {
  limit: FREE_CALLS_PER_CALL * planOf("starter").apiRequestsAMinute,
  window: WINDOW,
  whenDown: "open",
});

/** How many calls of a tenant run at once, in each process. */
const AT_ONCE: Readonly<Record<PlanKey, number>> = { starter: 50, team: 150, premium: 300, enterprise: 600 };
const AT_ONCE_RETRY_SECONDS = 1;

/** A call that was counted. */
export type Admission = {
  /** What is left of each limit that it was counted toward. */
  quotas: Quota[];
  /** Whether Redis didn't answer. Asking it again for the same call would only wait again. */
  isDown: boolean;
  /** Takes the call out of the counts. */
  giveBack(): Promise<void>;
};

/** The tenant whose plan limits the calls. Without a version, the newest one of the plan counts. */
type Limited = Pick<Tenant, "id" | "plan"> & Partial<Pick<Tenant, "planVersion" | "overrides">>;

/** A key with a limit of its own. */
export type LimitedKey = { id: string; requestsPerMinute: number };

type Policy = "plan" | "key";

/**
 * Counts a call toward the limits of its key and of its tenant. Throws `rate_limited` if it is over one of them, and counts it toward
 * neither. While Redis doesn't answer, every call passes.
 */
export async function countCall(
  services: Services,
  tenant: Limited,
  key: LimitedKey | null,
): Promise<Admission> {
  const ctx = { services };
  const { id, plan } = tenant;
  const ofKey = key && await take(ctx, CALLS_OF_KEY, key.id, { limit: key.requestsPerMinute });
  if (ofKey?.isDown) return { quotas: [quotaOf("key", ofKey)], isDown: true, giveBack: ofKey.giveBack };
  if (ofKey && !ofKey.allowed) throw refusal(services, plan, "key", ofKey);
  const ofTenant = await take(ctx, CALLS_OF_TENANT, id, { limit: requestsOf(services, tenant) });
  if (!ofTenant.allowed) {
    await ofKey?.giveBack();
    throw refusal(services, plan, "plan", ofTenant);
  }
  return {
    quotas: [quotaOf("plan", ofTenant), ...ofKey ? [quotaOf("key", ofKey)] : []],
    isDown: ofTenant.isDown,
    giveBack: async () => void await Promise.all([ofTenant.giveBack(), ofKey?.giveBack()]),
  };
}

/**
 * Takes a call that was answered with 304 out of the counts, and returns what is left then. Returns null if the call counts, because
 * the tenant has had too many of them. While Redis doesn't answer, it is free, and nothing is taken out.
 */
export async function countUnchanged(
  services: Services,
  tenant: Limited,
  { quotas, isDown: wasDown, giveBack }: Admission,
): Promise<Quota[] | null> {
  if (wasDown) return quotas;
  const limit = FREE_CALLS_PER_CALL * requestsOf(services, tenant);
  const { allowed, isDown } = await take({ services }, FREE_CALLS_OF_TENANT, tenant.id, { limit });
  if (!allowed) return null;
  if (isDown) return quotas;
  await giveBack();
  return quotas.map((quota) => ({ ...quota, remaining: quota.remaining + 1 }));
}

/**
 * Takes one of the tenant's places for calls that run at once. Then `endCall` has to give it back. Throws `rate_limited` if none is
 * free.
 */
export function startCall(services: Services, { id, plan }: Pick<Tenant, "id" | "plan">): void {
  const limit = AT_ONCE[plan];
  if (services.use(RUNNING_CALLS).start(id, limit)) return;
  services.metrics.rateLimited(plan);
  throw rateLimited(TOO_MANY_AT_ONCE.with({ limit }), AT_ONCE_RETRY_SECONDS, {
    policy: "concurrency",
    quota: limit,
    window: null,
  });
}

/** Gives back the place of a call that `startCall` let pass. */
export function endCall(services: Services, { id }: Pick<Tenant, "id">): void {
  services.use(RUNNING_CALLS).end(id);
}

/** The calls of each tenant that run in this process right now. */
export class RunningCalls {
  readonly #calls = new Map<TenantId, number>();

  /** Returns false if `limit` calls of the tenant run already. */
  start(tenantId: TenantId, limit: number): boolean {
    const running = this.#calls.get(tenantId) ?? 0;
    if (running >= limit) return false;
    this.#calls.set(tenantId, running + 1);
    return true;
  }

  end(tenantId: TenantId): void {
    const running = (this.#calls.get(tenantId) ?? 0) - 1;
    if (running > 0) this.#calls.set(tenantId, running);
    else this.#calls.delete(tenantId);
  }
}

export const RUNNING_CALLS = part("running API calls", () => new RunningCalls());

function requestsOf({ clock }: Services, { plan, planVersion, overrides = [] }: Limited): number {
  const version = planVersion ?? planOf(plan).version;
  return apiRequestsOf({ plan, planVersion: version, overrides }, clock.now());
}

/** What is left after a call that passed. While Redis doesn't answer, nothing is known, and the whole limit counts as left. */
function quotaOf(policy: Policy, { limit, window, remaining, resetAfter }: Taken): Quota {
  return { policy, quota: limit, window, remaining, resetAfter: Math.min(resetAfter, window) };
}

function refusal(
  { metrics }: Services,
  plan: PlanKey,
  policy: Policy,
  { limit, window, retryAfter }: Taken,
): DomainError {
  metrics.rateLimited(plan);
  const said = policy === "key" ? TOO_MANY_CALLS_OF_KEY : TOO_MANY_CALLS;
  return rateLimited(said.with({ limit, seconds: retryAfter }), retryAfter, { policy, quota: limit, window });
}
