import { sequenceEmails, sequenceRuns, sequences } from "../../db/tenant/schema/sequences.ts";
import { feature } from "../feature.ts";
import { EVENTS } from "./events.ts";
import { SEND_STEP_TEST } from "./preview.ts";
import { RECORD_BOUNCE, WORK_ON_SEQUENCE } from "./work.ts";

export default feature("sequences", {
  tables: [sequences, sequenceRuns, sequenceEmails],
  events: EVENTS,
  jobs: [WORK_ON_SEQUENCE, SEND_STEP_TEST, RECORD_BOUNCE],
  bounceReaders: [RECORD_BOUNCE],
});
