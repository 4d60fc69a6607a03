import { feature } from "../feature.ts";
import { JOBS_MANAGE } from "./job_list.ts";
import { DELETE_EXPIRED, RETENTION_SCHEDULE } from "./retention.ts";

export const operations = feature("operations", {
  permissions: [JOBS_MANAGE],
  jobs: [DELETE_EXPIRED],
  schedules: [RETENTION_SCHEDULE],
});
