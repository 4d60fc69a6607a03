import { systemActor } from "../../src/access/actor.ts";
import { inBackground, systemContext, tenantContext } from "../../src/context.ts";
import { DomainError } from "../../src/errors.ts";
import { maskAddresses } from "../../src/operations/masking.ts";
import type { Job, JobRun } from "../../src/outbox/job.ts";
import { PermanentFailure, RetryLater } from "../../src/outbox/job_outcomes.ts";
import { type QueuePolicy, retryDelay } from "../../src/outbox/queues.ts";
import { after, SECOND } from "../../src/platform/clock.ts";
import { describeError, logOf, reasonOf } from "../../src/platform/log.ts";
import { type Scope, traceScope } from "../../src/platform/tracing.ts";
import type { Services } from "../../src/ports.ts";
import { admit } from "../../src/tenancy/admission.ts";
import type { Tenant } from "../../src/tenancy/tenant.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import type { ClaimedJob, JobResult } from "./claims.ts";

/** Every job that this version can run. */
export type JobsByName = ReadonlyMap<string, Job>;

const log = logOf("jobs");

/**
 * Runs one attempt at a job, as its tenant, and returns how it ended. Never throws. If the tenant is suspended, the job is
 * held until the tenant is resumed. If the tenant's schema is being migrated, the job waits a moment.
 */
export async function runJob(
  services: Services,
  jobs: JobsByName,
  policy: QueuePolicy,
  job: ClaimedJob,
): Promise<JobResult> {
  let result: JobResult | undefined;
  const scope: Scope = {
    kind: "job",
    facts: () => ({ "denizen.job": job.name, "denizen.tenant_id": job.tenantId ?? undefined }),
    outcome: () => ({
      name: `job ${job.name}`,
      facts: { "denizen.queue": job.queue, "denizen.job_id": job.id, "denizen.attempt": job.attempt },
      failed: result?.state !== "done",
    }),
  };
  return await traceScope(scope, async () => result = await attempt(services, jobs, policy, job));
}

async function attempt(
  services: Services,
  jobs: JobsByName,
  policy: QueuePolicy,
  job: ClaimedJob,
): Promise<JobResult> {
  try {
    const run = await prepare(services, job);
    await withinTime(run, policy.timeout, () => execute(jobs, job, run));
    return { id: job.id, attempt: job.attempt, state: "done", runAt: null, error: null, counts: true };
  } catch (error) {
    return resultOf(services, policy, job, error);
  }
}

type Attempt = JobRun & { abort: () => void };

async function prepare(allServices: Services, { id, name, attempt, tenantId }: ClaimedJob): Promise<Attempt> {
  const services = inBackground(allServices);
  const controller = new AbortController();
  const actor = systemActor("Jobs", name);
  const system = systemContext(services, actor, id);
  const tenant = tenantId ? await services.use(TENANTS).findById(tenantId) : null;
  if (tenantId && !tenant) throw new PermanentFailure("The tenant is being deleted.");
  if (tenant) admitJob(services, tenant);
  return {
    id,
    attempt,
    signal: controller.signal,
    abort: () => controller.abort(),
    system,
    tenant: tenant && tenantContext(services, tenant, actor, id),
  };
}

/** The tenant's jobs can't run now: it is suspended, or its schema is being migrated. */
class TenantUnavailable extends Error {
  override readonly cause: DomainError;
  /** Milliseconds until a retry. Null if the tenant is suspended. */
  readonly delay: number | null;

  constructor(cause: DomainError) {
    super(cause.message);
    this.cause = cause;
    this.delay = cause.retryAfter === undefined ? null : cause.retryAfter * SECOND;
  }
}

function admitJob(services: Services, tenant: Tenant): void {
  try {
    admit(services, tenant);
  } catch (error) {
    throw error instanceof DomainError ? new TenantUnavailable(error) : error;
  }
}

async function execute(jobs: JobsByName, { name, payload }: ClaimedJob, run: JobRun): Promise<void> {
  const job = jobs.get(name);
  if (!job) throw new PermanentFailure(`This version has no job named ${name}.`);
  const parsed = job.payload.safeParse(payload);
  if (!parsed.success) throw new PermanentFailure(`The payload doesn't fit ${name}.`);
  await job.run(run, parsed.data);
}

async function withinTime({ abort }: Attempt, timeout: number, work: () => Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`It took longer than ${timeout / SECOND} seconds.`));
      abort();
    }, timeout);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function resultOf({ clock }: Services, policy: QueuePolicy, job: ClaimedJob, error: unknown): JobResult {
  const { id, attempt } = job;
  if (error instanceof TenantUnavailable) {
    const { cause, delay } = error;
    if (!delay) return { id, attempt, state: "held", runAt: null, error: cause.message, counts: false };
    return {
      id,
      attempt,
      state: "waiting",
      runAt: after(clock.now(), delay),
      error: cause.message,
      counts: false,
    };
  }
  const isLast = error instanceof PermanentFailure || attempt >= policy.attempts;
  const facts = { job: id, name: job.name, attempt, tenantId: job.tenantId, ...describeError(error) };
  if (isLast) log.error("a job failed permanently", facts);
  else log.warn("a job failed and will be retried", facts);
  const delay = error instanceof RetryLater ? error.delay : retryDelay(policy, attempt);
  return {
    id,
    attempt,
    state: isLast ? "failed" : "waiting",
    runAt: isLast ? null : after(clock.now(), delay),
    error: maskAddresses(error instanceof Error ? reasonOf(error).message : String(error)),
    counts: true,
  };
}
