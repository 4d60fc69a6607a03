import { feature } from "../feature.ts";
import { JOBS_MANAGE } from "./job_list.ts";

export const operations = feature("operations", { permissions: [JOBS_MANAGE] });
