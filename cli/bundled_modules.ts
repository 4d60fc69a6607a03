import { lateModules } from "./late_modules.ts";

lateModules.seed = () => import("./seed.ts");
lateModules.services = () => import("../src/services.ts");
lateModules.worker = () => import("./worker.ts");
