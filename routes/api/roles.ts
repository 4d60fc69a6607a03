import { z } from "zod";
import { MEMBERS_READ } from "../../src/access/members.ts";
import {
  createRole,
  deleteRole,
  newRole,
  ROLE_CREATED,
  ROLE_DELETED,
  ROLE_UPDATED,
  roleChanges,
  updateRole,
} from "../../src/access/role_editing.ts";
import { pageRoles, ROLE_LIST, ROLES_MANAGE } from "../../src/access/roles.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";
import { requireAccessToken } from "./authentication.ts";

const role = model("Role", {
  id: z.string().openapi({ description: "The name of a built-in role, or a UUID" }),
  name: z.string(),
  isBuiltIn: z.boolean(),
  permissions: z.array(z.string()),
  members: z.int().openapi({ description: "How many members have the role" }),
}, {
  id: "0198c0de-6f10-7d41-8a2b-1c3d5e7f9a0b",
  name: "Auditor",
  isBuiltIn: false,
  permissions: ["members:read", "projects:read"],
  members: 2,
});

const roles = tenantResource("Roles", "The built-in roles, and the tenant's own.");
export default roles;

roles.list("/roles", {
  operationId: "listRoles",
  summary: "List roles",
  description: "The built-in roles first, then the tenant's own by name.",
  permission: MEMBERS_READ,
  list: ROLE_LIST,
  name: "RoleList",
  item: role,
  answer: "A page of roles",
  run: pageRoles,
});

roles.operation("post", "/roles", {
  operationId: "createRole",
  summary: "Create a role",
  description:
    "Needs `roles:manage`, a plan with `custom_roles`, and every permission that the role gets. `GET /roles` shows the owner's permissions: a role can have them all, except those that only owners have. A role also gets what its permissions imply: `members:manage` and `roles:manage` imply `members:read`, and `projects:write` implies `projects:read`.",
  guards: [requireAccessToken],
  permission: ROLES_MANAGE,
  events: [ROLE_CREATED],
  body: newRole,
  example: { name: "Auditor", permissions: ["projects:read", "members:read"] },
  answer: { status: 201, description: "The new role", schema: role },
  run: (ctx, { body }) => createRole(ctx, body),
});

roles.operation("patch", "/roles/{id}", {
  operationId: "updateRole",
  summary: "Change a role for everyone who has it",
  description:
    "Built-in roles can't be changed. Tokens of members follow within five seconds. New permissions sign members out of the workspace in their browsers.",
  guards: [requireAccessToken],
  permission: ROLES_MANAGE,
  events: [ROLE_UPDATED],
  body: roleChanges,
  example: { permissions: ["projects:read"] },
  answer: { description: "The changed role", schema: role },
  run: (ctx, { id, body }) => updateRole(ctx, id, body),
});

roles.operation("delete", "/roles/{id}", {
  operationId: "deleteRole",
  summary: "Delete a role that nobody has",
  guards: [requireAccessToken],
  permission: ROLES_MANAGE,
  events: [ROLE_DELETED],
  answer: { status: 204, description: "The role was deleted" },
  refusals: [409],
  run: (ctx, { id }) => deleteRole(ctx, id),
});
