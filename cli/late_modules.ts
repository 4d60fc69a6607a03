const SEED = "./seed.ts";
const SERVICES = "../src/services.ts";
const WORKER = "./worker.ts";

/**
 * Modules that only some commands load. The specifiers aren't literals: Deno would resolve literals at every start and
 * double the time of `--help`. A bundle needs literals; cli/bundled_modules.ts has them.
 */
export const lateModules = {
  seed: () => import(SEED) as Promise<typeof import("./seed.ts")>,
  services: () => import(SERVICES) as Promise<typeof import("../src/services.ts")>,
  worker: () => import(WORKER) as Promise<typeof import("./worker.ts")>,
};
