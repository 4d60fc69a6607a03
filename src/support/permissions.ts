import { permission } from "../access/permissions.ts";

export const SUPPORT_GRANT = permission("support:grant", {
  roles: ["owner"],
  ownersOnly: true,
  whenRestricted: true,
  label: "Give support access to the workspace",
});

/** Allows staff to act for members, as the workspace's consent or the operator's policy says. */
export const SUPPORT_ACT = permission("support:act", {
  roles: [],
  staff: true,
  label: "Act for members of workspaces",
});
