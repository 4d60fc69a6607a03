const SERVICES = "../src/services.ts";
const WORKER = "./worker.ts";

/**
 * What only some commands need, loaded by them. The names are no literals, because Deno reads what a literal names at every
 * start: twice the time for `--help`. A bundle is the other way round; cli/bundled_modules.ts is for it.
 */
export const lateModules = {
  services: () => import(SERVICES) as Promise<typeof import("../src/services.ts")>,
  worker: () => import(WORKER) as Promise<typeof import("./worker.ts")>,
};
