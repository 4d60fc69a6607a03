const AUDIT = "./commands/audit.ts";
const BILLING = "./commands/billing.ts";
const CAMPAIGNS = "./commands/campaigns.ts";
const BACKUPS = "../src/backups/stored_backups.ts";
const CONFIG = "./commands/config.ts";
const DEPLOY = "./commands/deploy.ts";
const DB = "./commands/db.ts";
const JOBS = "./commands/jobs.ts";
const PLANS = "./commands/plans.ts";
const SETUP = "./commands/setup.ts";
const TENANTS = "./commands/tenants.ts";
const USERS = "./commands/users.ts";
const WEBHOOKS = "./commands/webhooks.ts";
const SEED = "./seed.ts";
const SERVICES = "../src/services.ts";
const WORKER = "./worker.ts";

/**
 * Modules that only some runs load: the commands, and what only some commands need. The specifiers aren't literals: Deno
 * would resolve literals at every start and double the time of `--help`. A bundle needs literals; cli/bundled_modules.ts
 * has them.
 */
export const lateModules = {
  audit: () => import(AUDIT) as Promise<typeof import("./commands/audit.ts")>,
  billing: () => import(BILLING) as Promise<typeof import("./commands/billing.ts")>,
  campaigns: () => import(CAMPAIGNS) as Promise<typeof import("./commands/campaigns.ts")>,
  backups: () => import(BACKUPS) as Promise<typeof import("../src/backups/stored_backups.ts")>,
  config: () => import(CONFIG) as Promise<typeof import("./commands/config.ts")>,
  db: () => import(DB) as Promise<typeof import("./commands/db.ts")>,
  deploy: () => import(DEPLOY) as Promise<typeof import("./commands/deploy.ts")>,
  jobs: () => import(JOBS) as Promise<typeof import("./commands/jobs.ts")>,
  plans: () => import(PLANS) as Promise<typeof import("./commands/plans.ts")>,
  setup: () => import(SETUP) as Promise<typeof import("./commands/setup.ts")>,
  tenants: () => import(TENANTS) as Promise<typeof import("./commands/tenants.ts")>,
  users: () => import(USERS) as Promise<typeof import("./commands/users.ts")>,
  webhooks: () => import(WEBHOOKS) as Promise<typeof import("./commands/webhooks.ts")>,
  seed: () => import(SEED) as Promise<typeof import("./seed.ts")>,
  services: () => import(SERVICES) as Promise<typeof import("../src/services.ts")>,
  worker: () => import(WORKER) as Promise<typeof import("./worker.ts")>,
};
