import { deleteExpired } from "../../src/operations/retention.ts";
import { logOf } from "../../src/platform/log.ts";
import type { JobHandlers } from "./handler.ts";
import { UPKEEP } from "../../src/tenancy/upkeep.ts";

const log = logOf("cleanup");

/** Queue `cleanup`: what is done for order's sake. */
export const cleanupHandlers = {
  "tenancy.upkeep": async ({ system: { services } }) => {
    await services.use(UPKEEP).run(services);
  },
  "cleanup.expired": async ({ system }) => {
    log.info("deleted what had expired", await deleteExpired(system));
  },
} satisfies JobHandlers;
