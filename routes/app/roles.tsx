import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { MEMBERS_READ } from "../../src/access/members.ts";
import { idOfRole, isAssignable } from "../../src/access/permissions.ts";
import {
  createRole,
  deleteRole,
  newRole,
  permissionProblems,
  updateRole,
} from "../../src/access/role_editing.ts";
import {
  canChangeRole,
  CUSTOM_ROLES,
  getRole,
  type ListedRole,
  listRoles,
  ROLES_MANAGE,
} from "../../src/access/roles.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import type { MemberContext, TenantContext } from "../../src/context.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { componentText } from "../../views/components/component_text.ts";
import { DeleteRolePage } from "../../views/pages/roles/delete_role_page.tsx";
import { RoleForm, type RoleFormProps } from "../../views/pages/roles/role_form.tsx";
import { RoleActions, RolePage } from "../../views/pages/roles/role_page.tsx";
import { NewRoleLink, RolesPage } from "../../views/pages/roles/roles_page.tsx";
import { roleText } from "../../views/pages/roles/text.ts";
import { settingsText } from "../../views/pages/settings/text.ts";
import type { Fields, MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { renewSession } from "../middleware/session.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages, START_PATH } from "./member_pages.ts";

const PATH = "/settings/roles";

/** The checked boxes arrive as one field, separated by spaces. */
const roleForm = z.object({ name: newRole.shape.name, permissions: z.string().default("") });

const pages = new MemberPages({
  label: (locale) => roleText.of(locale).title,
  href: PATH,
  group: "settings",
  position: 30,
  permission: MEMBERS_READ,
});
export default pages;

pages.get("/settings/roles", async (c) => {
  const ctx = c.get("member");
  const roles = await listRoles(ctx);
  const canManage = can(ctx, ROLES_MANAGE);
  const isIncluded = isEntitled(ctx, CUSTOM_ROLES);
  return await page(c, {
    title: textOf(c).title,
    trail: trailOf(c),
    actions: canManage && isIncluded ? <NewRoleLink /> : undefined,
    body: (
      <RolesPage
        roles={roles}
        groups={ctx.services.permissionGroups}
        canManage={canManage}
        missingPlan={isIncluded ? undefined : planOf(CUSTOM_ROLES.from).name}
      />
    ),
  });
});

pages.get("/settings/roles/new", async (c) => {
  const ctx = c.get("member");
  requireEditing(ctx);
  const source = (await listRoles(ctx)).find(({ id }) => id === c.req.query("from"));
  const name = source && textOf(c).copyOf(nameIn(c, source));
  return await page(c, formPage(c, { values: { name, permissions: source?.permissions ?? [] } }));
});

pages.post("/settings/roles", async (c) => {
  const ctx = c.get("member");
  return await form(c, {
    schema: roleForm,
    fields: await readRoleForm(c),
    submit: async (input, { idFor }) => await createRole(await current(ctx), toRole(input), idFor("role")),
    done: ({ name }) => ({ to: PATH, flash: textOf(c).created(name) }),
    refusals: ["invalid", "conflict"],
    refused: (refused) => formPage(c, refilled(refused)),
    alsoCheck: ({ permissions = "" }) =>
      Promise.resolve(permissionProblems(ctx.services, keysIn(permissions))),
  });
});

pages.get("/settings/roles/:id", async (c) => {
  const ctx = c.get("member");
  const role = await getRole(ctx, c.req.param("id"));
  const isIncluded = isEntitled(ctx, CUSTOM_ROLES);
  const canChange = canChangeRole(ctx, role);
  const actions = { canEdit: canChange && isIncluded, canCreate: can(ctx, ROLES_MANAGE) && isIncluded };
  return await page(c, {
    title: nameIn(c, role),
    trail: [...trailOf(c), listCrumb(c)],
    actions: actions.canCreate ? <RoleActions id={role.id} {...actions} /> : undefined,
    body: <RolePage role={role} groups={ctx.services.permissionGroups} canDelete={canChange} />,
  });
});

pages.get("/settings/roles/:id/edit", async (c) => {
  const ctx = c.get("member");
  requireEditing(ctx);
  const role = await getRole(ctx, c.req.param("id"));
  if (!canChangeRole(ctx, role)) return c.redirect(`${PATH}/${role.id}`, 303);
  return await page(c, formPage(c, { role, values: role }));
});

pages.post("/settings/roles/:id", async (c) => {
  const ctx = c.get("member");
  const id = c.req.param("id");
  return await form(c, {
    schema: roleForm,
    fields: await readRoleForm(c),
    submit: async (input) => await updateRole(await current(ctx), id, toRole(input)),
    done: async (role) => {
      const isOwn = idOfRole(ctx.actor.role) === id;
      if (isOwn) await renewSession(c);
      const isHidden = isOwn && !role.permissions.includes(MEMBERS_READ.key);
      return { to: isHidden ? START_PATH : `${PATH}/${id}`, flash: textOf(c).saved(role.name) };
    },
    refused: (refused) => formPage(c, { role: { id }, ...refilled(refused) }),
    alsoCheck: ({ permissions = "" }) =>
      Promise.resolve(permissionProblems(ctx.services, keysIn(permissions))),
  });
});

pages.get("/settings/roles/:id/delete", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, ROLES_MANAGE);
  const role = await getRole(ctx, c.req.param("id"));
  if (!canChangeRole(ctx, role)) return c.redirect(`${PATH}/${role.id}`, 303);
  return await page(c, {
    title: textOf(c).remove,
    trail: [...trailOf(c), listCrumb(c), { label: role.name, href: `${PATH}/${role.id}` }],
    body: <DeleteRolePage role={role} />,
  });
});

pages.post("/settings/roles/:id/delete", async (c) => {
  const { name } = await deleteRole(await current(c.get("member")), c.req.param("id"));
  return await done(c, { to: PATH, flash: textOf(c).deleted(name) });
});

function requireEditing(ctx: MemberContext): void {
  authorize(ctx, ROLES_MANAGE);
  requireFeature(ctx, CUSTOM_ROLES);
}

/** Reads the member's current role, because the session may hold an old role for a few seconds. */
function current({ system, tenant }: MemberContext): Promise<TenantContext> {
  return openTenant(system, tenant.id);
}

async function readRoleForm(c: Context<MemberEnv>): Promise<Fields> {
  const { permissions, ...fields } = await c.req.parseBody({ all: true });
  const texts = Object.entries(fields).filter((entry): entry is [string, string] =>
    typeof entry[1] === "string"
  );
  const keys = [permissions ?? []].flat().filter((key) => typeof key === "string");
  return { ...Object.fromEntries(texts), permissions: keys.join(" ") };
}

function keysIn(permissions: string): string[] {
  return permissions.split(" ").filter(Boolean);
}

function toRole({ name, permissions }: z.output<typeof roleForm>) {
  return { name, permissions: keysIn(permissions) };
}

function refilled({ values, ...refused }: RefusedForm) {
  return { values: { name: values.name, permissions: keysIn(values.permissions ?? "") }, ...refused };
}

function formPage(c: Context<MemberEnv>, props: Omit<RoleFormProps, "groups">): Page {
  const ctx = c.get("member");
  const groups = ctx.services.permissionGroups.map(({ label, permissions }) => ({
    label,
    choices: permissions.filter(isAssignable)
      .map((permission) => ({ ...permission, isAllowed: can(ctx, permission) })),
  }));
  return {
    title: props.role ? textOf(c).edit : textOf(c).new,
    trail: [...trailOf(c), listCrumb(c)],
    body: <RoleForm groups={groups.filter(({ choices }) => choices.length > 0)} {...props} />,
  };
}

function nameIn(c: Context<MemberEnv>, { id, name, isBuiltIn }: ListedRole): string {
  return isBuiltIn ? componentText.of(localeOf(c)).roles[id]! : name;
}

function trailOf(c: Context<MemberEnv>) {
  return [{ label: settingsText.of(localeOf(c)).settings, href: "/settings" }];
}

function listCrumb(c: Context<MemberEnv>) {
  return { label: textOf(c).title, href: PATH };
}

function textOf(c: Context<MemberEnv>) {
  return roleText.of(localeOf(c));
}
