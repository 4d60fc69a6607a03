import { event, platformEvent } from "../events/event.ts";

export type ExportRow = { id: string; name: string };

/** `name` is the workspace's, so that the log says what was exported. */
export const EXPORT_REQUESTED = event<ExportRow>("export.requested", {
  sentence: "started an export of all data of {name}",
});
export const EXPORT_READY = event<ExportRow>("export.ready", {
  sentence: "finished an export of all data of {name}",
});
export const EXPORT_DOWNLOADED = event<ExportRow>("export.downloaded", {
  sentence: "downloaded all data of {name}",
});
/** An operator wrote an archive to a file. */
export const TENANT_EXPORTED = platformEvent<ExportRow>("tenant.exported", {
  sentence: "exported all data of {name}",
});
export const TENANT_IMPORTED = platformEvent<ExportRow>("tenant.imported", {
  sentence: "imported the workspace {name}",
});

export const EVENTS = [EXPORT_REQUESTED, EXPORT_READY, EXPORT_DOWNLOADED, TENANT_EXPORTED, TENANT_IMPORTED];
