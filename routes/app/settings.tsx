import { Hono } from "hono";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { parseInput } from "../../src/platform/input.ts";
import {
  cancelDeletion,
  checkConfirmation,
  DELETION_GRACE_DAYS,
  scheduleDeletion,
  tenantChanges,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import { type Tenant, tenantUrl } from "../../src/tenancy/tenant.ts";
import { listFormerSubdomains } from "../../src/tenancy/tenants.ts";
import { DeleteWorkspacePage } from "../../views/pages/settings/delete_workspace_page.tsx";
import { SettingsPage, type SettingsPageProps } from "../../views/pages/settings/settings_page.tsx";
import { sendFlash } from "../flash.ts";
import { refusedFields, submit } from "../forms.ts";
import {
  type AppContext,
  type AppEnv,
  hostSuffix,
  readForm,
  redirect,
  systemContextOf,
  tenantContextOf,
} from "../http.ts";
import { render } from "../render.tsx";
import { shellOf } from "./viewer.ts";
import { SETTINGS_MANAGE, TENANT_DELETE } from "../../src/tenancy/permissions.ts";
import { authorize, can } from "../../src/access/authorize.ts";

const nameForm = tenantChanges.pick({ name: true }).required();
const brandForm = tenantChanges.pick({ brand_color: true, logo_url: true }).required();
const addressForm = tenantChanges.pick({ subdomain: true }).required();

export const settingsPages = new Hono<AppEnv>();

settingsPages.get("/settings", async (c) => render(c, <SettingsPage {...await settingsOf(c)} />));

settingsPages.post("/settings/name", async (c) => {
  const { tenant } = tenantContextOf(c);
  const form = await readForm(c);
  const renamed = await submit(async () =>
    await updateTenant(systemContextOf(c), tenant.id, parseInput(nameForm, form))
  );
  if (!renamed.refusal) return goToSettings(c, `This workspace is now called ${renamed.value.name}.`);
  const rename = { values: form, errors: renamed.refusal.fields };
  return render(c, <SettingsPage {...await settingsOf(c)} rename={rename} />, 422);
});

settingsPages.post("/settings/brand", async (c) => {
  const { tenant } = tenantContextOf(c);
  const form = await readForm(c);
  const saved = await submit(async () => {
    const changes = parseInput(brandForm, {
      brand_color: form.brand_color || null,
      logo_url: form.logo_url || null,
    });
    return await updateTenant(systemContextOf(c), tenant.id, changes);
  });
  if (!saved.refusal) return goToSettings(c, "The brand is saved.");
  const rebrand = { values: form, errors: saved.refusal.fields };
  return render(c, <SettingsPage {...await settingsOf(c)} rebrand={rebrand} />, 422);
});

/** Whoever moves the workspace goes along: the session here stays behind on the old host. */
settingsPages.post("/settings/address", async (c) => {
  const { tenant, actor } = tenantContextOf(c);
  const form = await readForm(c);
  const ctx = systemContextOf(c);
  const saved = await submit(async () => await updateTenant(ctx, tenant.id, parseInput(addressForm, form)));
  if (saved.refusal) {
    const move = { values: form, errors: saved.refusal.fields };
    return render(c, <SettingsPage {...await settingsOf(c)} move={move} />, 422);
  }
  const moved: Tenant = saved.value;
  if (moved.subdomain === tenant.subdomain) return goToSettings(c, "The address is as it was.");
  const { signInId, remember } = c.get("session")!;
  const origin = tenantUrl(c.get("services").config.appUrl, tenant);
  const request = { userId: actor.id, signInId, remember, welcome: false, origin };
  return redirect(c, await createHandoff(ctx, moved, request));
});

settingsPages.get("/settings/deletion", (c) => {
  const ctx = tenantContextOf(c);
  authorize(ctx, TENANT_DELETE);
  if (ctx.tenant.deletionDueAt) return c.redirect("/settings#danger-zone", 303);
  return render(c, <DeleteWorkspacePage {...deletionOf(c)} />);
});

settingsPages.post("/settings/deletion", async (c) => {
  const ctx = tenantContextOf(c);
  authorize(ctx, TENANT_DELETE);
  const { tenant } = ctx;
  const form = await readForm(c);
  try {
    checkConfirmation(tenant.name, form.confirmation);
  } catch (error) {
    const refused = { values: form, errors: refusedFields(error) };
    return render(c, <DeleteWorkspacePage {...deletionOf(c)} {...refused} />, 422);
  }
  await scheduleDeletion(systemContextOf(c), tenant.id);
  return goToSettings(c, `${tenant.name} will be deleted in ${DELETION_GRACE_DAYS} days.`);
});

settingsPages.post("/settings/deletion/cancel", async (c) => {
  const { tenant } = tenantContextOf(c);
  await cancelDeletion(systemContextOf(c), tenant.id);
  return goToSettings(c, `${tenant.name} stays.`);
});

async function settingsOf(c: AppContext): Promise<SettingsPageProps> {
  const ctx = tenantContextOf(c);
  const { id, name, subdomain, plan, brand, createdAt, deletionDueAt } = ctx.tenant;
  return {
    ...shellOf(c),
    workspace: { id, name, subdomain, plan, brand, createdAt },
    hostSuffix: hostSuffix(c),
    formerSubdomains: await listFormerSubdomains(systemContextOf(c), id),
    deletion: deletionDueAt,
    now: ctx.services.clock.now(),
    canManage: can(ctx, SETTINGS_MANAGE),
    canDelete: can(ctx, TENANT_DELETE),
  };
}

function deletionOf(c: AppContext) {
  const { tenant, services } = tenantContextOf(c);
  return {
    ...shellOf(c),
    workspace: { name: tenant.name },
    graceDays: DELETION_GRACE_DAYS,
    deleteOn: after(services.clock.now(), DELETION_GRACE_DAYS * DAY),
  };
}

function goToSettings(c: AppContext, text: string): Response {
  sendFlash(c, { kind: "success", text });
  return redirect(c, "/settings");
}
