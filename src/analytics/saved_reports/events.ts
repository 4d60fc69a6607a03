import { event } from "../../events/event.ts";

export type NamedReport = { id: string; name: string };

export const REPORT_SAVED = event<NamedReport>("saved_report.created", {
  sentence: "saved the report {name}",
});
export const REPORT_DELETED = event<NamedReport>("saved_report.deleted", {
  sentence: "deleted the report {name}",
});
export const REPORT_SHARED = event<NamedReport>("saved_report.shared", {
  sentence: "made a link to the report {name}",
});
export const REPORT_UNSHARED = event<NamedReport>("saved_report.unshared", {
  sentence: "revoked the link to the report {name}",
});

export const EVENTS = [REPORT_SAVED, REPORT_DELETED, REPORT_SHARED, REPORT_UNSHARED];
