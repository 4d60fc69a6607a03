import type { Context } from "hono";
import { z } from "zod";
import { authorize, can } from "../../src/access/authorize.ts";
import { planOf } from "../../src/billing/plans.ts";
import type { MemberContext, TenantContext } from "../../src/context.ts";
import { createHandoff } from "../../src/identity/handoffs.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import {
  cancelDeletion,
  checkConfirmation,
  DELETION_GRACE_DAYS,
  scheduleDeletion,
  tenantChanges,
  updateTenant,
} from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { SETTINGS_MANAGE, TENANT_DELETE } from "../../src/tenancy/permissions.ts";
import { subdomainUrl, type Tenant } from "../../src/tenancy/tenant.ts";
import { chosenZone, TIME_ZONES } from "../../src/tenancy/time_zones.ts";
import { listFormerSubdomains } from "../../src/tenancy/tenants.ts";
import { DeleteWorkspacePage } from "../../views/pages/settings/delete_workspace_page.tsx";
import { settingsText } from "../../views/pages/settings/text.ts";
import { SettingsPage, type SettingsPageProps } from "../../views/pages/settings/settings_page.tsx";
import { type Fields, hostSuffix, type MemberEnv } from "../http.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page, type RefusedForm } from "../page.tsx";
import { MemberPages } from "./member_pages.ts";

const nameForm = tenantChanges.pick({ name: true }).required();
const addressForm = tenantChanges.pick({ subdomain: true }).required();
const timeZoneForm = z.preprocess(
  ({ time_zone }: Fields) => ({ timeZone: time_zone }),
  tenantChanges.pick({ timeZone: true }).required(),
);
const confirmationForm = z.object({ confirmation: z.string().default("") });

const pages = new MemberPages({
  label: (locale) => settingsText.of(locale).general,
  href: "/settings",
  group: "settings",
  position: 10,
});
export default pages;

pages.get("/settings", async (c) => await page(c, await settings(c)));

/** Emails sent by earlier versions link here. */
pages.get("/settings/notifications", (c) => c.redirect("/account/notifications", 301));

pages.post("/settings/name", (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: nameForm,
    submit: async (input) => await updateTenant(await current(ctx), input),
    done: ({ name }) => ({ to: "/settings", flash: settingsText.of(localeOf(c)).renamed(name) }),
    refused: (rename) => settings(c, { rename }),
  });
});

/** Signs the person in on the new host, because their session stays on the old host. */
pages.post("/settings/address", (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: addressForm,
    submit: async (input) => await updateTenant(await current(ctx), input),
    done: async (moved) =>
      moved.subdomain === ctx.tenant.subdomain
        ? { to: "/settings", flash: settingsText.of(localeOf(c)).unchanged }
        : { to: c.get("customDomain") === null ? await followWorkspace(c, moved) : "/settings" },
    refused: (move) => settings(c, { move }),
  });
});

pages.post("/settings/time-zone", (c) => {
  const ctx = c.get("member");
  return form(c, {
    schema: timeZoneForm,
    submit: async (input) => {
      const before = await current(ctx);
      return { before: before.tenant, after: await updateTenant(before, input) };
    },
    done: ({ before, after }) => {
      const { timeZoneSaved, unchanged } = settingsText.of(localeOf(c));
      const isChanged = chosenZone(before.timeZones) !== chosenZone(after.timeZones);
      return { to: "/settings#time-zone", flash: isChanged ? timeZoneSaved : unchanged };
    },
    refused: () => settings(c),
  });
});

pages.get("/settings/deletion", (c) => {
  const ctx = c.get("member");
  authorize(ctx, TENANT_DELETE);
  if (ctx.tenant.deletionDueAt) return c.redirect("/settings#danger-zone", 303);
  return page(c, deletion(c));
});

pages.post("/settings/deletion", (c) => {
  const ctx = c.get("member");
  const { tenant } = ctx;
  authorize(ctx, TENANT_DELETE);
  return form(c, {
    schema: confirmationForm,
    submit: async ({ confirmation }) => {
      checkConfirmation(tenant.name, confirmation);
      return scheduleDeletion(await current(ctx));
    },
    done: () => ({
      to: "/settings",
      flash: settingsText.of(localeOf(c)).scheduled(tenant.name, DELETION_GRACE_DAYS),
    }),
    refused: (form) => deletion(c, form),
  });
});

pages.post("/settings/deletion/cancel", async (c) => {
  await cancelDeletion(await current(c.get("member")));
  return await done(c, { to: "/settings", flash: settingsText.of(localeOf(c)).canceled });
});

/** Reads the member's current role, because the session may hold an old role for a few seconds. */
function current({ system, tenant }: MemberContext): Promise<TenantContext> {
  return openTenant(system, tenant.id);
}

/** The URL that signs this browser in on the workspace's new host. */
function followWorkspace(c: Context<MemberEnv>, moved: Tenant): Promise<string> {
  const { system, tenant, actor, services } = c.get("member");
  const { signInId, remember } = c.get("session");
  const origin = subdomainUrl(services.config.appUrl, tenant);
  return createHandoff(system, moved, { userId: actor.id, signInId, remember, welcome: null, origin });
}

async function settings(
  c: Context<MemberEnv>,
  refused: Pick<SettingsPageProps, "rename" | "move"> = {},
): Promise<Page> {
  const ctx = c.get("member");
  const { id, name, subdomain, plan, createdAt, deletionDueAt } = ctx.tenant;
  const timeZone = chosenZone(ctx.tenant.timeZones);
  const props = {
    workspace: { id, name, subdomain, plan: planOf(plan).name, createdAt },
    hostSuffix: hostSuffix(c),
    formerSubdomains: await listFormerSubdomains(ctx.system, id),
    deletion: deletionDueAt,
    timeZone,
    timeZones: TIME_ZONES.includes(timeZone) ? TIME_ZONES : [timeZone, ...TIME_ZONES],
    canManage: can(ctx, SETTINGS_MANAGE),
    canDelete: can(ctx, TENANT_DELETE),
    ...refused,
  };
  const text = settingsText.of(localeOf(c));
  return { title: text.general, trail: [trailOf(text)], body: <SettingsPage {...props} /> };
}

function deletion(c: Context<MemberEnv>, form?: RefusedForm): Page {
  const { tenant, services } = c.get("member");
  const props = {
    workspace: { name: tenant.name },
    graceDays: DELETION_GRACE_DAYS,
    deleteOn: after(services.clock.now(), DELETION_GRACE_DAYS * DAY),
    ...form,
  };
  const text = settingsText.of(localeOf(c));
  return { title: text.deleteWorkspace, trail: [trailOf(text)], body: <DeleteWorkspacePage {...props} /> };
}

function trailOf({ settings }: { settings: string }) {
  return { label: settings, href: "/settings" };
}
