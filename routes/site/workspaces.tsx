import { Hono } from "hono";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { getWorkspace, listWorkspaces } from "../../src/tenancy/workspaces.ts";
import { tenantUrl } from "../../src/tenancy/tenants.ts";
import { WorkspacesPage } from "../../views/pages/workspaces_page.tsx";
import { type AppEnv, redirect, systemContextOf, userOf } from "../http.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

export const workspacePages = new Hono<AppEnv>();

workspacePages.get("/workspaces", apexOnly, async (c) => {
  const user = userOf(c);
  const workspaces = (await listWorkspaces(systemContextOf(c), user.id)).map(({ tenant, role }) => ({
    id: tenant.id,
    name: tenant.name,
    subdomain: tenant.subdomain,
    url: tenantUrl(c.get("services").config.appUrl, tenant),
    suspended: tenant.status === "suspended",
    role,
  }));
  return render(c, <WorkspacesPage workspaces={workspaces} user={user} />);
});

workspacePages.post("/workspaces/:id/handoff", apexOnly, async (c) => {
  const user = userOf(c);
  const ctx = systemContextOf(c);
  const { tenant } = await getWorkspace(ctx, user.id, c.req.param("id"));
  const { signInId, remember } = c.get("session")!;
  return redirect(
    c,
    await createHandoff(ctx, tenant, { userId: user.id, signInId, remember, welcome: false }),
  );
});
