import { z } from "zod";
import { dropUnusedRoles } from "../../db/migration/drop_schema.ts";
import { maintainPartitions } from "../../db/stream/partitions.ts";
import { countReadySchemas, forgetLostSchemas, provisionSchema } from "../../db/migration/provision.ts";
import { inBackground, systemContext } from "../context.ts";
import { releaseForgottenJobs } from "../outbox/outbox.ts";
import { newId } from "../platform/ids.ts";
import { describeError, logOf } from "../platform/log.ts";
import { part, type Services } from "../ports.ts";
import { deleteDueTenants } from "./deletion.ts";
import { systemActor } from "../access/actor.ts";
import { job } from "../outbox/job.ts";
import { schedule } from "../outbox/schedule.ts";

const log = logOf("tenancy");

/**
 * What is done for the tenants between requests: schemas are made ready for the next ones, those whose time is over are
 * deleted, and the tables of `stream` get their partitions. A server does so when it starts and after each sign-up, and a job every minute; several may at once.
 */
export class TenantUpkeep {
  #services: Services | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  /** From now on: at once, and whenever it is woken. */
  start(services: Services): void {
    this.#closed = false;
    this.#services = services;
    this.wake();
  }

  /** Does what there is to do, if started. Returns at once; `idle` waits for it. */
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

  /** Until there is nothing more to do. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#services = undefined;
    await this.#running;
  }

  /** Runs now, even if another process runs at the same time. */
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
    }
  }

  async #attempt(services: Services): Promise<void> {
    try {
      await this.run(services);
    } catch (error) {
      log.warn("upkeep failed, to be tried again in a minute", describeError(error));
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

/** The upkeep of this process. */
export const UPKEEP = part("tenant upkeep", () => new TenantUpkeep(), { close: (upkeep) => upkeep.close() });
