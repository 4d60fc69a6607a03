import { Hono } from "hono";
import { parseInput } from "../../src/platform/input.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { getWorkspace, pageWorkspaces, workspaceQuery } from "../../src/tenancy/workspaces.ts";
import { createOwnTenant, ownTenant } from "../../src/tenancy/own_tenants.ts";
import { tenantUrl } from "../../src/tenancy/tenant.ts";
import { NewWorkspacePage } from "../../views/pages/new_workspace_page.tsx";
import { WorkspacesPage } from "../../views/pages/workspaces_page.tsx";
import { refusedFields } from "../forms.ts";
import { type AppEnv, hostSuffix, readForm, redirect, systemContextOf, userOf } from "../http.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

export const workspacePages = new Hono<AppEnv>();

workspacePages.get("/workspaces", apexOnly, async (c) => {
  const user = userOf(c);
  const query = parseInput(workspaceQuery, { cursor: c.req.query("cursor") });
  const { items, nextCursor } = await pageWorkspaces(systemContextOf(c), user, query);
  const workspaces = items.map(({ tenant, role }) => ({
    id: tenant.id,
    name: tenant.name,
    subdomain: tenant.subdomain,
    url: tenantUrl(c.get("services").config.appUrl, tenant),
    suspension: tenant.suspension?.reason,
    deletion: tenant.deletionDueAt,
    role,
  }));
  const pages = {
    firstHref: query.cursor ? "/workspaces" : null,
    nextHref: nextCursor ? `/workspaces?${new URLSearchParams({ cursor: nextCursor })}` : null,
  };
  const page = { workspaces, user, isStaff: user.isPlatformAdmin, pages };
  return render(c, <WorkspacesPage {...page} />);
});

workspacePages.get("/workspaces/new", apexOnly, (c) => {
  return render(c, <NewWorkspacePage user={userOf(c)} values={{}} errors={{}} hostSuffix={hostSuffix(c)} />);
});

workspacePages.post("/workspaces/new", apexOnly, async (c) => {
  const user = userOf(c);
  const ctx = systemContextOf(c);
  const form = await readForm(c);
  try {
    const input = parseInput(ownTenant, { name: form.company_name, subdomain: form.subdomain });
    const tenant = await createOwnTenant(ctx, user, input);
    const { signInId, remember } = c.get("session")!;
    return redirect(
      c,
      await createHandoff(ctx, tenant, { userId: user.id, signInId, remember, welcome: true }),
    );
  } catch (error) {
    const { name, ...fields } = refusedFields(error);
    const errors = name === undefined ? fields : { ...fields, company_name: name };
    const page = { user, values: form, errors, hostSuffix: hostSuffix(c) };
    return render(c, <NewWorkspacePage {...page} />, 422);
  }
});

workspacePages.post("/workspaces/:id/handoff", apexOnly, async (c) => {
  const user = userOf(c);
  const ctx = systemContextOf(c);
  const { tenant } = await getWorkspace(ctx, user, c.req.param("id"));
  const { signInId, remember } = c.get("session")!;
  return redirect(
    c,
    await createHandoff(ctx, tenant, { userId: user.id, signInId, remember, welcome: false }),
  );
});
