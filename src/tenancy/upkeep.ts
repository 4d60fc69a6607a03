import { z } from "zod";
import { dropUnusedRoles } from "../../db/migration/drop_schema.ts";
import { countReadySchemas, forgetLostSchemas, provisionSchema } from "../../db/migration/provision.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { systemActor } from "../access/actor.ts";
import { recordPublishedEvents } from "../analytics/track/published.ts";
import { repeatFailedWork } from "../campaigns/repeat_failed_work.ts";
import { inBackground, systemContext } from "../context.ts";
import { job } from "../outbox/job.ts";
import { releaseForgottenJobs } from "../outbox/outbox.ts";
import { schedule } from "../outbox/schedule.ts";
import { newId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part, type Services } from "../ports.ts";
import { enqueueDueDomainChecks } from "../custom_domains/verification.ts";
import { enqueueDueChecks } from "../sending_domains/checks.ts";
import { deleteDueTenants } from "./deletion.ts";

const log = logOf("tenancy");

/**
 * Maintenance between requests: prepares schemas for the next tenants, deletes tenants whose grace period is over, creates
 * partitions for the tables of `stream`, and makes the tenants' events analytics events. A server runs it when it starts and after
 * each sign-up, and a job runs it every minute. Concurrent runs are safe.
 */
export class TenantUpkeep {
  #services: Services | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  /** Runs upkeep now, and again after each call of `wake`. */
  start(services: Services): void {
    this.#closed = false;
    this.#services = services;
    this.wake();
  }

  /** Starts a run in the background, unless `start` hasn't been called. `idle` waits for the run. */
  wake(): void {
    if (!this.#services) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#attempt(this.#services).finally(() => {
      this.#running = undefined;
      if (this.#again) {
        this.#again = false;
        this.wake();
      }
    });
  }

  /** Waits until no run is in progress or pending. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#services = undefined;
    await this.#running;
  }

  /** Runs upkeep once, even if another run is in progress. */
  async run(allServices: Services): Promise<void> {
    const services = inBackground(allServices);
    const system = systemContext(services, systemActor("Upkeep"), newId());
    try {
      await this.#refill(services);
    } finally {
      await releaseForgottenJobs(system);
      await deleteDueTenants(system);
      await dropUnusedRoles(services.db);
      await maintainPartitions(services.db, services.clock.now());
      await recordPublishedEvents(system);
      await repeatFailedWork(system);
      await enqueueDueChecks(system);
      await enqueueDueDomainChecks(system);
    }
  }

  async #attempt(services: Services): Promise<void> {
    try {
      await this.run(services);
    } catch (error) {
      log.warn("upkeep failed and will be retried in a minute", describeError(error));
    }
  }

  async #refill({ db, config }: Services): Promise<void> {
    await forgetLostSchemas(db);
    for (let ready = await countReadySchemas(db); ready < config.tenantPoolSize; ready++) {
      if (this.#closed) return;
      await provisionSchema(db);
    }
  }
}

export const TENANT_UPKEEP = job("tenancy.upkeep", {
  queue: "cleanup",
  payload: z.object({}),
  run: ({ system: { services } }) => services.use(UPKEEP).run(services),
});

export const UPKEEP_SCHEDULE = schedule("tenancy upkeep", "* * * * *", {
  job: TENANT_UPKEEP,
  payload: () => ({}),
  catchUp: 1,
});

export const UPKEEP = part("tenant upkeep", () => new TenantUpkeep(), { close: (upkeep) => upkeep.close() });
