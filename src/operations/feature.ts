import { feature } from "../feature.ts";
import { JOB_DISCARDED, JOB_RETRIED, JOBS_MANAGE } from "./job_list.ts";
import { DELETE_EXPIRED, RETENTION_SCHEDULE } from "./retention.ts";

export default feature("operations", {
  permissions: [JOBS_MANAGE],
  events: [JOB_RETRIED, JOB_DISCARDED],
  jobs: [DELETE_EXPIRED],
  schedules: [RETENTION_SCHEDULE],
});
