import { permission } from "../access/permissions.ts";

/** An archive has everything that the workspace contains, also what only some roles may read. */
export const DATA_EXPORT = permission("data:export", {
  roles: ["owner"],
  ownersOnly: true,
  whenRestricted: true,
  label: "Export all data of the workspace",
});
