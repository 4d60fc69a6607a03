import { type Context, Hono } from "hono";
import { z } from "zod";
import { joinByDomain, listJoinable } from "../../src/access/join_domains.ts";
import { nameOfRole } from "../../src/access/permissions.ts";
import type { FieldErrors } from "../../src/errors.ts";
import { createHandoff, type Welcome } from "../../src/identity/handoffs.ts";
import { createOwnTenant, ownTenant } from "../../src/tenancy/own_tenants.ts";
import { findCreatedByForm } from "../../src/tenancy/repeated_creation.ts";
import { type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import { getTenant } from "../../src/tenancy/tenants.ts";
import { findAddressProblem } from "../../src/tenancy/workspace_addresses.ts";
import {
  getWorkspace,
  pageWorkspaces,
  type Workspace,
  WORKSPACE_LIST,
} from "../../src/tenancy/workspaces.ts";
import {
  NewWorkspacePage,
  type NewWorkspacePageProps,
} from "../../views/pages/workspaces/new_workspace_page.tsx";
import { workspacesText } from "../../views/pages/workspaces/text.ts";
import { WorkspacesPage } from "../../views/pages/workspaces/workspaces_page.tsx";
import { hostSuffix, type PersonEnv, redirect, systemContextOf } from "../http.ts";
import { pageLinks, readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { markOf } from "../logos.ts";
import { done, form, page } from "../page.tsx";
import { withSuggestion } from "./addresses.tsx";
import { safeNext } from "./redirects.ts";

/** The fields of the form. It calls the workspace's name `companyName`, as the sign-up form does. */
const newWorkspace = z.object({ companyName: ownTenant.shape.name, subdomain: ownTenant.shape.subdomain });

/** The workspaces of the person who is signed in. */
export const workspacePages = new Hono<PersonEnv>();

workspacePages.get("/", async (c) => {
  const user = c.get("session").actor;
  const query = readListAddress(c.req.query(), WORKSPACE_LIST);
  const { items, ...cursors } = await pageWorkspaces(systemContextOf(c), user, query);
  const { appUrl } = c.get("services").config;
  const joinable = await listJoinable(systemContextOf(c), user.id);
  const list = {
    user,
    joinable: joinable.map((tenant) => ({ id: tenant.id, ...markOf(tenant, appUrl) })),
    workspaces: items.map((workspace) => listed(workspace, appUrl)),
    isStaff: user.type === "staff",
    pages: pageLinks("/workspaces", cursors),
  };
  return await page(c, { title: textOf(c).title, body: <WorkspacesPage {...list} /> });
});

workspacePages.get("/new", (c) => page(c, newWorkspaceForm(c, { hostSuffix: hostSuffix(c) })));

workspacePages.post("/new", (c) => {
  const user = c.get("session").actor;
  const ctx = systemContextOf(c);
  return form(c, {
    schema: newWorkspace,
    submit: (input) => createOwnTenant(ctx, user, wanted(input)),
    findRepeated: (input, renderedAt) => findCreatedByForm(ctx, user.id, wanted(input), renderedAt),
    done: async (tenant) => ({ to: await openWorkspace(c, tenant, { welcome: "created" }) }),
    alsoCheck: (fields) => findAddressProblem(ctx, fields),
    refused: async ({ values, errors }) => {
      const form = await withSuggestion(c, { values, errors: asFormErrors(errors) });
      return newWorkspaceForm(c, { ...form, hostSuffix: hostSuffix(c) });
    },
  });
});

/**
 * Opens a workspace from a link, such as those in another workspace's switcher, at the path `next`. With `on=subdomain`, not on the
 * workspace's primary domain.
 */
workspacePages.get("/:id", async (c) => {
  const { tenant } = await getWorkspace(systemContextOf(c), c.get("session").actor, c.req.param("id"));
  if (c.req.method === "HEAD") return c.body(null);
  const next = safeNext(c.req.query("next"), "") || null;
  const onSubdomain = c.req.query("on") === "subdomain";
  return redirect(c, await openWorkspace(c, tenant, { welcome: null, next, onSubdomain }));
});

workspacePages.post("/:id/membership", async (c) => {
  const ctx = systemContextOf(c);
  return await form(c, {
    schema: z.object({}),
    submit: () => joinByDomain(ctx, c.get("session").actor.id, c.req.param("id")),
    done: async (tenant) => ({ to: await openWorkspace(c, tenant, { welcome: "accepted" }) }),
    refusals: ["limit_reached"],
    refused: async () => {
      const tenant = await getTenant(ctx, c.req.param("id"));
      const flash = { kind: "error" as const, text: textOf(c).full(tenant.name) };
      return await done(c, { to: "/workspaces", flash });
    },
  });
});

workspacePages.post("/:id/handoff", async (c) => {
  const { tenant } = await getWorkspace(systemContextOf(c), c.get("session").actor, c.req.param("id"));
  return redirect(c, await openWorkspace(c, tenant, { welcome: null }));
});

function textOf(c: Context<PersonEnv>) {
  return workspacesText.of(localeOf(c));
}

function wanted({ companyName: name, subdomain }: z.output<typeof newWorkspace>) {
  return ownTenant.parse({ name, subdomain });
}

/** Moves an error of the workspace's name to the form's company name. */
function asFormErrors({ name, ...errors }: FieldErrors): FieldErrors {
  return name === undefined ? errors : { ...errors, company_name: name };
}

function newWorkspaceForm(c: Context<PersonEnv>, form: NewWorkspacePageProps) {
  return { title: textOf(c).newTitle, body: <NewWorkspacePage {...form} /> };
}

/** The URL that signs this browser in on the workspace's host. */
function openWorkspace(
  c: Context<PersonEnv>,
  tenant: Tenant,
  request: { welcome: Welcome | null; next?: string | null; onSubdomain?: boolean },
): Promise<string> {
  const { actor, signInId, remember } = c.get("session");
  return createHandoff(systemContextOf(c), tenant, { userId: actor.id, signInId, remember, ...request });
}

function listed({ tenant, role }: Workspace, appUrl: URL) {
  const { id, subdomain, suspension, deletionDueAt } = tenant;
  const url = tenantUrl(appUrl, tenant);
  return {
    ...markOf(tenant, appUrl),
    id,
    subdomain,
    role: nameOfRole(role),
    url,
    suspension: suspension?.reason,
    deletion: deletionDueAt,
  };
}
