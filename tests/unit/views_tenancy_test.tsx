// Protects: the workspace and tenant pages offer only allowed actions, say when a workspace will be deleted and how to
// cancel that, and escape its name.
import assert from "node:assert/strict";
import { planOf } from "../../src/billing/plans.ts";
import { AdminShell } from "../../views/layouts/admin_shell.tsx";
import { AppShell } from "../../views/layouts/app_shell.tsx";
import { TenantList } from "../../views/pages/admin/tenant_list.tsx";
import { TenantPage } from "../../views/pages/admin/tenant_page.tsx";
import type { ListedTenant } from "../../views/pages/admin/tenant_row.tsx";
import { TenantsPage } from "../../views/pages/admin/tenants_page.tsx";
import { NewWorkspacePage } from "../../views/pages/workspaces/new_workspace_page.tsx";
import { ProjectsPage } from "../../views/pages/projects/projects_page.tsx";
import { DeleteWorkspacePage } from "../../views/pages/settings/delete_workspace_page.tsx";
import { SettingsPage } from "../../views/pages/settings/settings_page.tsx";
import { SuspendedPage } from "../../views/pages/error/suspended_page.tsx";
import { WorkspacesPage } from "../../views/pages/workspaces/workspaces_page.tsx";
import { htmlOf, NONCE } from "../support/page.tsx";

const NOW = new Date("2026-11-23T12:00:00Z");
const IN_30_DAYS = new Date("2026-12-23T12:00:00Z");
const ATTACK = `"><button hx-get="/evil"><script>alert(1)</script>`;

const SHELL = {
  links: [],
  title: "Projects",
  tenant: { name: "Acme Instruments", subdomain: "acme", color: null },
  user: { name: "Ada Lovelace", email: "ada@acme.example", role: "owner" },
};
const WORKSPACE = {
  id: "0195-w",
  name: "Acme Instruments",
  subdomain: "acme",
  plan: planOf("starter").name,
  createdAt: NOW,
};
const SETTINGS = {
  workspace: WORKSPACE,
  hostSuffix: ".denizen.example:8000",
  formerSubdomains: [{ subdomain: "acme-labs", expiresAt: IN_30_DAYS }],
  deletion: null,
  timeZone: "America/New_York",
  timeZones: ["UTC", "America/New_York", "Europe/Berlin"],
  canManage: true,
  canDelete: true,
};
const PROJECTS = {
  projects: [],
  pages: { place: null, previousCursor: null, nextCursor: null },
  counts: null,
  view: { search: "", status: "all" as const, sort: "-updated_at" },
  now: NOW,
  canWrite: true,
};

const STAFF = { user: { name: "Sam Rivera", email: "sam@denizen.example" } };
const LISTED: ListedTenant = {
  id: "0195-t",
  name: "Acme Instruments",
  subdomain: "acme",
  url: "http://acme.denizen.example:8000",
  plan: planOf("starter").name,
  status: "active",
  deletion: null,
  schemaVersion: "0000_initial",
  isBehind: false,
  members: 3,
  createdAt: NOW,
};
const LIST = {
  tenants: [LISTED],
  pages: { place: { first: 1, last: 25, total: 1_284 }, previousCursor: null, nextCursor: "next" },
  view: { search: "", status: "all" as const },
  counts: { all: 1_284, active: 1_270, suspended: 9, deletion: 5 },
  now: NOW,
};
const TENANTS = { ...LIST, pool: { ready: 4, size: 5 } };
const TENANT = {
  ...LISTED,
  suspension: null,
  schemaName: "t_0195",
  owners: [{ id: "0198c0de-0000-7000-8000-000000000000", name: "Ada Lovelace", email: "ada@acme.example" }],
  customDomains: [],
  formerSubdomains: [],
  failure: null,
};
/** No owner has given support access. */
const NO_SUPPORT = {
  grant: null,
  needsConsent: true,
  visit: null,
  members: { search: "", members: [], total: 0 },
};

function actionsOf(page: string): string[] {
  return [...page.matchAll(/<form[^>]*\saction="([^"]+)"/g)].map(([, action]) => action!);
}

function inputOf(page: string, id: string): string {
  return page.match(new RegExp(`<(?:input|textarea)[^>]*id="${id}"[^>]*>`))?.[0] ?? "";
}

Deno.test("names and reasons that look like markup are shown as text on every workspace and tenant page", async () => {
  const tenant = {
    ...TENANT,
    name: ATTACK,
    owners: [{ id: "0198c0de-0000-7000-8000-000000000000", name: ATTACK, email: ATTACK }],
    failure: ATTACK,
  };
  const suspended = { ...tenant, status: "suspended", suspension: { reason: ATTACK, at: NOW } } as const;
  const shell = { ...SHELL, title: ATTACK, tenant: { name: ATTACK, subdomain: "acme", color: null } };
  const entry = { at: NOW, actorName: ATTACK, summary: ATTACK };

  const pages = await Promise.all([
    htmlOf(
      <AppShell {...shell}>
        <SettingsPage {...SETTINGS} workspace={{ ...WORKSPACE, name: ATTACK }} />
      </AppShell>,
    ),
    htmlOf(<SettingsPage {...SETTINGS} workspace={{ ...WORKSPACE, name: ATTACK }} canManage={false} />),
    htmlOf(
      <DeleteWorkspacePage workspace={{ name: ATTACK }} graceDays={30} deleteOn={IN_30_DAYS} />,
    ),
    htmlOf(<SuspendedPage workspace={{ name: ATTACK }} reason={ATTACK} signedIn />),
    htmlOf(
      <NewWorkspacePage
        values={{ company_name: ATTACK }}
        errors={{}}
        hostSuffix=".x"
      />,
    ),
    htmlOf(
      <TenantsPage
        {...TENANTS}
        tenants={[{ ...LISTED, name: ATTACK }]}
        view={{ search: ATTACK, status: "all" }}
      />,
    ),
    htmlOf(<TenantPage support={NO_SUPPORT} tenant={suspended} history={[entry]} now={NOW} />),
  ]);

  for (const page of pages) {
    assert.ok(!page.includes("<script>alert"));
    assert.ok(!page.includes(`<button hx-get="/evil"`));
    assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
  }
});

Deno.test("workspace and tenant pages have no inline scripts, handlers or styles, and htmx only with the nonce", async () => {
  const pages = await Promise.all([
    htmlOf(<SettingsPage {...SETTINGS} deletion={IN_30_DAYS} />),
    htmlOf(<DeleteWorkspacePage workspace={WORKSPACE} graceDays={30} deleteOn={IN_30_DAYS} />),
    htmlOf(<SuspendedPage workspace={WORKSPACE} reason="Unpaid." signedIn />),
    htmlOf(<NewWorkspacePage values={{}} errors={{}} hostSuffix=".x" />),
    htmlOf(<TenantsPage {...TENANTS} />),
    htmlOf(<TenantPage support={NO_SUPPORT} tenant={TENANT} history={[]} now={NOW} />),
  ]);

  for (const page of pages) {
    assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|hx-on|javascript:/);
    assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)/);
    const acting = page.match(/<[a-z][^>]*\shx-(?:get|post)=[^>]*>/g) ?? [];
    assert.deepEqual(acting.filter((tag) => !tag.includes(`hx-nonce="${NONCE}"`)), []);
  }
});

Deno.test("an owner can rename, move and delete the workspace", async () => {
  const page = await htmlOf(<SettingsPage {...SETTINGS} />);

  assert.deepEqual(actionsOf(page), ["/settings/name", "/settings/address", "/settings/time-zone"]);
  assert.match(inputOf(page, "name"), /value="Acme Instruments"/);
  assert.match(inputOf(page, "subdomain"), /value="acme"/);
  assert.match(page, /\.denizen\.example:8000/);
  assert.match(page, /The old address redirects to the new one for 90 days\./);
  assert.match(page, /id="danger-zone"[^]*<a[^>]*href="\/settings\/deletion"/);
});

Deno.test("an admin who isn't an owner can rename and move the workspace, but not delete it", async () => {
  const page = await htmlOf(<SettingsPage {...SETTINGS} canDelete={false} />);
  const scheduled = await htmlOf(<SettingsPage {...SETTINGS} canDelete={false} deletion={IN_30_DAYS} />);

  assert.deepEqual(actionsOf(page), ["/settings/name", "/settings/address", "/settings/time-zone"]);
  assert.doesNotMatch(page + scheduled, /\/settings\/deletion/);
  assert.match(page, /Only an owner can change this\./);
});

Deno.test("a member without the permission sees the settings as text, without forms", async () => {
  const page = await htmlOf(<SettingsPage {...SETTINGS} canManage={false} canDelete={false} />);

  assert.deepEqual(actionsOf(page), []);
  assert.doesNotMatch(page, /<input|danger-zone|\/settings\/deletion/);
  assert.match(page, /<dd[^>]*>America\/New York<\/dd>/);
  assert.match(page, /<dd[^>]*>acme\.denizen\.example:8000<\/dd>/);
  assert.match(page, /acme-labs\.denizen\.example:8000[^]*redirects until/);
});

Deno.test("a settings form with errors keeps the input and shows each error next to its field", async () => {
  const move = { values: { subdomain: "www" }, errors: { subdomain: "This name is reserved." } };

  const page = await htmlOf(<SettingsPage {...SETTINGS} move={move} />);

  const input = inputOf(page, "subdomain");
  assert.match(input, /value="www"/);
  assert.match(input, /aria-invalid="true"/);
  assert.match(input, /autofocus/);
  assert.match(page, /id="subdomain-error"[^>]*>.*This name is reserved\./s);
  assert.doesNotMatch(inputOf(page, "name"), /aria-invalid|autofocus/);
});

Deno.test("every page says when the workspace will be deleted, and lets an owner cancel the deletion", async () => {
  const deletion = { on: IN_30_DAYS, canCancel: true };

  const page = await htmlOf(<AppShell {...SHELL} deletion={deletion} />);

  assert.match(page, /This workspace will be deleted on <time[^>]*>December 23, 2026<\/time>\./);
  assert.ok(actionsOf(page).includes("/settings/deletion/cancel"));
});

Deno.test("members who aren't owners see when the workspace will be deleted, but can't cancel the deletion", async () => {
  const deletion = { on: IN_30_DAYS, canCancel: false };

  const page = await htmlOf(<AppShell {...SHELL} deletion={deletion} />);

  assert.match(page, /December 23, 2026/);
  assert.doesNotMatch(page, /\/settings\/deletion/);
});

Deno.test("a page doesn't mention a deletion if none is scheduled", async () => {
  const page = await htmlOf(
    <AppShell {...SHELL}>
      <ProjectsPage {...PROJECTS} />
    </AppShell>,
  );

  assert.doesNotMatch(page, /deleted|deletion/);
});

Deno.test("deleting a workspace asks for its name and says what will be deleted, when, and that it is permanent", async () => {
  const page = await htmlOf(
    <DeleteWorkspacePage
      workspace={WORKSPACE}
      graceDays={30}
      deleteOn={IN_30_DAYS}
      values={{ confirmation: "Acme" }}
      errors={{ confirmation: "This is not the workspace's name." }}
    />,
  );

  assert.ok(actionsOf(page).includes("/settings/deletion"));
  assert.match(page, /in 30\s+days, on <time[^>]*>December 23, 2026</);
  assert.match(page, /nobody can restore the\s+workspace/);
  assert.match(inputOf(page, "confirmation"), /value="Acme"/);
  assert.match(inputOf(page, "confirmation"), /aria-describedby="confirmation-error"/);
  assert.match(page, /id="confirmation-error"[^>]*>This is not the workspace&#39;s name\.</);
  assert.match(page, /<a[^>]*href="\/settings"[^>]*>Cancel/);
});

Deno.test("the page of a suspended workspace says that its data is safe and who can help", async () => {
  const visitor = await htmlOf(<SuspendedPage workspace={WORKSPACE} reason={null} signedIn={false} />);
  const member = await htmlOf(<SuspendedPage workspace={WORKSPACE} reason="Unpaid since May." signedIn />);

  assert.match(visitor, /Acme Instruments<\/span> is suspended/);
  assert.match(visitor, /Your data is safe/);
  assert.match(visitor, /ask the owner/);
  assert.match(visitor, /href="http:\/\/localhost:8000\/workspaces"/);
  assert.doesNotMatch(visitor, /Reason/);
  assert.match(member, /Reason[^]*Unpaid since May\./);
});

Deno.test("a signed-in person creates another workspace with only its name and address", async () => {
  const page = await htmlOf(
    <NewWorkspacePage
      values={{ company_name: "Acme", subdomain: "www" }}
      errors={{ subdomain: "This name is reserved." }}
      hostSuffix=".localhost:8000"
    />,
  );

  assert.deepEqual(actionsOf(page), ["/workspaces/new"]);
  assert.match(inputOf(page, "company-name"), /name="company_name"/);
  assert.match(inputOf(page, "company-name"), /value="Acme"/);
  assert.match(inputOf(page, "subdomain"), /value="www"/);
  assert.match(inputOf(page, "subdomain"), /autofocus/);
  assert.doesNotMatch(page, /type="password"/);
});

Deno.test("the list of workspaces marks suspended and to-be-deleted ones, and links to a new one", async () => {
  const workspace = { id: "1", name: "Acme", subdomain: "acme", role: "owner", url: LISTED.url };

  const plain = await htmlOf(<WorkspacesPage user={SHELL.user} workspaces={[workspace]} />);
  const ending = await htmlOf(
    <WorkspacesPage
      user={SHELL.user}
      workspaces={[{ ...workspace, suspension: "Two invoices are overdue.", deletion: IN_30_DAYS }]}
    />,
  );
  const none = await htmlOf(<WorkspacesPage user={SHELL.user} workspaces={[]} />);

  assert.doesNotMatch(plain, /Suspended|Deletion/);
  assert.match(ending, /Suspended[^]*Deletion on <time[^>]*>Dec 23, 2026<[^]*Two invoices are overdue\./);
  for (const page of [plain, none]) {
    assert.equal(page.match(/<a[^>]*href="\/workspaces\/new"/g)?.length, 1);
  }
});

Deno.test("the back office looks different from a tenant's pages", async () => {
  const page = await htmlOf(
    <AdminShell title="Tenants" {...STAFF}>
      <TenantsPage {...TENANTS} />
    </AdminShell>,
    "/admin/tenants",
  );

  assert.match(page, /<title>Tenants · Back office · Denizen<\/title>/);
  assert.match(page, /<a[^>]*href="\/admin\/tenants"[^>]*aria-current="page"/);
  assert.match(page, /<a[^>]*href="\/workspaces"[^>]*>.*Your workspaces/s);
  assert.doesNotMatch(page, /href="\/(?:projects|settings|dashboard)"/);
  assert.match(page, /4 of 5 prepared schemas are ready/);
});

Deno.test("the tabs of the tenant list keep the search and show counts", async () => {
  const list = await htmlOf(
    <TenantList {...LIST} view={{ search: "ac", status: "suspended" }} />,
  );

  assert.match(list, /href="\/admin\/tenants\?search=ac&amp;status=deletion"/);
  assert.match(list, /<a[^>]*status=suspended"[^>]*aria-current="page"/);
  assert.match(list, /1,284/);
  assert.match(
    list,
    /<form id="tenant-list-filter"[^>]*><input type="hidden" name="status" value="suspended"/,
  );
});

Deno.test("a tenant's row shows if it is suspended, to be deleted, or has an outdated schema", async () => {
  const tenant = { ...LISTED, status: "suspended", deletion: IN_30_DAYS, isBehind: true } as const;

  const row = await htmlOf(<TenantList {...LIST} tenants={[tenant]} />);

  assert.match(row, /Suspended[^]*Deletion on <time[^>]*>Dec 23, 2026<[^]*Schema behind/);
  assert.doesNotMatch(row, /<td[^>]*><span[^>]*>Active</);
});

Deno.test("staff can suspend an active tenant with a reason, or delete it by its subdomain", async () => {
  const page = await htmlOf(<TenantPage support={NO_SUPPORT} tenant={TENANT} history={[]} now={NOW} />);

  assert.deepEqual(actionsOf(page), [
    "/admin/tenants/0195-t/suspension",
    "/admin/tenants/0195-t/deletion",
  ]);
  assert.match(inputOf(page, "reason"), /maxlength="500"/);
  assert.match(page, /id="reason-hint"[^>]*>Members will read this\.</);
  assert.match(page, /id="confirmation-hint"[^>]*>To confirm, type: acme</);
  assert.match(page, /permanently deleted after 30 days/);
});

Deno.test("staff can resume a suspended tenant and cancel its deletion", async () => {
  const suspension = { reason: "Unpaid since May.", at: NOW };
  const tenant = { ...TENANT, status: "suspended", suspension, deletion: IN_30_DAYS } as const;

  const page = await htmlOf(<TenantPage support={NO_SUPPORT} tenant={tenant} history={[]} now={NOW} />);

  assert.deepEqual(actionsOf(page), [
    "/admin/tenants/0195-t/suspension/end",
    "/admin/tenants/0195-t/deletion/cancel",
  ]);
  assert.match(page, /Unpaid since May\./);
  assert.match(page, /December 23, 2026/);
});

Deno.test("a suspension or deletion form with an error shows it next to its field", async () => {
  const page = await htmlOf(
    <TenantPage
      support={NO_SUPPORT}
      tenant={TENANT}
      history={[]}
      now={NOW}
      suspend={{ values: { reason: "" }, errors: { reason: "Write why." } }}
      remove={{ values: { confirmation: "acmee" }, errors: { confirmation: "Type acme." } }}
    />,
  );

  assert.match(page, /id="reason-error"[^>]*>.*Write why\./s);
  assert.match(inputOf(page, "confirmation"), /value="acmee"/);
  assert.match(page, /id="confirmation-error"[^>]*>.*Type acme\./s);
});

Deno.test("a tenant's page shows its owners, its history and the error of its last migration", async () => {
  const history = [{ at: NOW, actorName: "Sam Rivera", summary: "suspended the workspace" }];
  const tenant = { ...TENANT, failure: "column name contains null values" };

  const page = await htmlOf(<TenantPage support={NO_SUPPORT} tenant={tenant} history={history} now={NOW} />);

  assert.match(page, /role="alert"[^]*The last migration failed\.[^]*column name contains null values/);
  assert.match(page, /ada@acme\.example/);
  assert.match(page, />Sam Rivera<\/bdi>[^]*suspended the workspace/);
});
