import { apiRequestsOf } from "../billing/entitlements.ts";
import { type PlanKey, planOf } from "../billing/plans.ts";
import { type DomainError, rateLimited } from "../errors.ts";
import { MINUTE, SECOND } from "../platform/clock.ts";
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
const WINDOW_SECONDS = WINDOW / SECOND;
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

/** What a limit says about itself in `RateLimit-Policy` and `RateLimit`. Times are in seconds. */
export type CallQuota = {
  policy: "plan" | "key" | "concurrency";
  quota: number;
  /** Null if the quota is a number of calls at once. */
  window: number | null;
  remaining: number;
  resetAfter: number;
};

/**
 * What is left of each limit that a call was counted toward, or the error to throw, and what is left of the limit that is reached.
 * `giveBack` takes the call out of the count.
 */
export type Admission = {
  quotas: CallQuota[];
  refusal: DomainError | null;
  /** Whether Redis didn't answer. Asking it again for the same call would only wait again. */
  isDown: boolean;
  giveBack(): Promise<void>;
};

/** The tenant whose plan limits the calls. Without a version, the newest one of the plan counts. */
type Limited = Pick<Tenant, "id" | "plan"> & Partial<Pick<Tenant, "planVersion" | "overrides">>;

/** A key with a limit of its own. */
export type LimitedKey = { id: string; requestsPerMinute: number };

type Counted = { taken: Taken; quota: CallQuota };

/**
 * Counts a call toward the limits of its key and of its tenant. Returns what is left of each. A call over one of them counts toward
 * neither: then `refusal` is the error to throw. While Redis doesn't answer, every call passes.
 */
export async function countCall(
  services: Services,
  tenant: Limited,
  key: LimitedKey | null,
): Promise<Admission> {
  const ctx = { services };
  const { id, plan } = tenant;
  const ofKey = key &&
    countedBy("key", await take(ctx, CALLS_OF_KEY, key.id, { limit: key.requestsPerMinute }));
  if (ofKey?.taken.isDown) return { quotas: [ofKey.quota], refusal: null, isDown: true, giveBack: keep };
  if (ofKey && !ofKey.taken.allowed) {
    return { quotas: [ofKey.quota], refusal: refuse(services, plan, ofKey), isDown: false, giveBack: keep };
  }
  const limit = requestsOf(services, tenant);
  const ofTenant = countedBy("plan", await take(ctx, CALLS_OF_TENANT, id, { limit }));
  const giveBack = async () => {
    await Promise.all([ofTenant.taken.giveBack(), ofKey?.taken.giveBack()]);
  };
  const { allowed, isDown } = ofTenant.taken;
  if (allowed) return { quotas: quotasOf(ofTenant, ofKey), refusal: null, isDown, giveBack };
  await ofKey?.taken.giveBack();
  return { quotas: [ofTenant.quota], refusal: refuse(services, plan, ofTenant), isDown, giveBack: keep };
}

/**
 * Takes a call that was answered with 304 out of the counts, unless the tenant has had too many of them. Returns whether it is free.
 * While Redis doesn't answer, it is, and nothing is taken out.
 */
export async function countUnchanged(
  services: Services,
  tenant: Limited,
  admission: Admission,
): Promise<boolean> {
  if (admission.isDown) return true;
  const limit = FREE_CALLS_PER_CALL * requestsOf(services, tenant);
  const { allowed, isDown } = await take({ services }, FREE_CALLS_OF_TENANT, tenant.id, { limit });
  if (allowed && !isDown) await admission.giveBack();
  return allowed;
}

/** Takes one of the tenant's places for calls that run at once, if one is free. Then `endCall` has to give it back. */
export function startCall(
  services: Services,
  { id, plan }: Pick<Tenant, "id" | "plan">,
): Pick<Admission, "quotas" | "refusal"> {
  const limit = AT_ONCE[plan];
  if (services.use(RUNNING_CALLS).start(id, limit)) return { quotas: [], refusal: null };
  services.metrics.rateLimited(plan);
  const resetAfter = AT_ONCE_RETRY_SECONDS;
  return {
    quotas: [{ policy: "concurrency", quota: limit, window: null, remaining: 0, resetAfter }],
    refusal: rateLimited(TOO_MANY_AT_ONCE.with({ limit }), resetAfter, ["concurrency"]),
  };
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

/** While Redis doesn't answer, nothing is known, and the whole limit counts as left. */
function countedBy(policy: "plan" | "key", taken: Taken): Counted {
  const { allowed, limit, remaining, retryAfter, resetAfter } = taken;
  const reset = allowed ? Math.min(resetAfter, WINDOW_SECONDS) : retryAfter;
  return { taken, quota: { policy, quota: limit, window: WINDOW_SECONDS, remaining, resetAfter: reset } };
}

/** Nothing was counted. */
function keep(): Promise<void> {
  return Promise.resolve();
}

function quotasOf(ofTenant: Counted, ofKey: Counted | null): CallQuota[] {
  return ofKey ? [ofTenant.quota, ofKey.quota] : [ofTenant.quota];
}

function refuse({ metrics }: Services, plan: PlanKey, { taken, quota }: Counted): DomainError {
  metrics.rateLimited(plan);
  const { limit, retryAfter: seconds } = taken;
  const said = quota.policy === "key" ? TOO_MANY_CALLS_OF_KEY : TOO_MANY_CALLS;
  return rateLimited(said.with({ limit, seconds }), seconds, [quota.policy]);
}
