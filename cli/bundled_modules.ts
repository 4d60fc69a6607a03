import { lateModules } from "./late_modules.ts";

lateModules.audit = () => import("./commands/audit.ts");
lateModules.billing = () => import("./commands/billing.ts");
lateModules.campaigns = () => import("./commands/campaigns.ts");
lateModules.backups = () => import("../src/backups/stored_backups.ts");
lateModules.config = () => import("./commands/config.ts");
lateModules.db = () => import("./commands/db.ts");
lateModules.deploy = () => import("./commands/deploy.ts");
lateModules.jobs = () => import("./commands/jobs.ts");
lateModules.plans = () => import("./commands/plans.ts");
lateModules.setup = () => import("./commands/setup.ts");
lateModules.tenants = () => import("./commands/tenants.ts");
lateModules.users = () => import("./commands/users.ts");
lateModules.webhooks = () => import("./commands/webhooks.ts");
lateModules.seed = () => import("./seed.ts");
lateModules.services = () => import("../src/services.ts");
lateModules.worker = () => import("./worker.ts");
