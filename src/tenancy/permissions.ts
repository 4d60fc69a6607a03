import { permission } from "../access/permissions.ts";

export const SETTINGS_MANAGE = permission("settings:manage", {
  roles: ["owner", "admin"],
  staff: true,
  label: "Change the workspace's settings",
});

export const TENANT_DELETE = permission("tenant:delete", {
  roles: ["owner"],
  ownersOnly: true,
  staff: true,
  whenRestricted: true,
  label: "Delete the workspace",
});

/** Allows staff to see all tenants in the back office, and to suspend, resume, and delete them. */
export const TENANTS_MANAGE = permission("tenants:manage", {
  roles: [],
  staff: true,
  label: "Manage all workspaces",
});
