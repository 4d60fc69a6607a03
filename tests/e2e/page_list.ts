import type { Page } from "playwright-core";
import type { Scene } from "./scene.ts";

/** A page, or with `open`, a page with something open over it. `name` is also the name of its picture. */
export type ListedPage = {
  name: string;
  address: string;
  open?: (page: Page) => Promise<unknown>;
  /** Shown only in this window. */
  only?: "phone";
};

/** The pages that everyone can see. */
export function publicPages({ world, links, emailId }: Scene): ListedPage[] {
  const on = pagesOn(world.host());
  return [
    on("landing", "/"),
    on("pricing", "/pricing"),
    on("about", "/about"),
    on("privacy", "/privacy"),
    on("terms", "/terms"),
    on("status", "/status"),
    on("sign-up", "/signup"),
    on("check-email", "/signup/check-email"),
    on("sign-up-code", "/signup/code"),
    on("sign-in", "/login"),
    on("forgot-password", "/forgot-password"),
    { name: "set-password", address: links.setPassword },
    { name: "verify-email", address: links.verify },
    { name: "verify-email-password", address: `${links.verify}&choose_password` },
    { name: "unsubscribe", address: links.unsubscribe },
    on("verify-email-expired", "/verify-email?token=none"),
    on("not-found", "/nowhere"),
    on("components", "/dev/components"),
    {
      ...on("components-dialog", "/dev/components"),
      open: async (page) => {
        await page.getByRole("link", { name: "Open a dialog" }).click();
        await page.waitForSelector("dialog[open]");
      },
    },
    on("emails", "/dev/emails"),
    on("email", "/dev/emails/monthly_report"),
    on("mailbox", "/dev/mailbox"),
    on("mailbox-email", `/dev/mailbox/${emailId}`),
    pagesOn(world.host("northwind"))("workspace-sign-in", "/login"),
    pagesOn(world.host("globex"))("suspended", "/dashboard"),
  ];
}

/** The pages of an owner who is on the platform's staff. */
export function ownerPages(scene: Scene): ListedPage[] {
  return [...accountPages(scene), ...workspacePages(scene), ...backOfficePages(scene)];
}

function accountPages({ world }: Scene): ListedPage[] {
  const on = pagesOn(world.host());
  return [
    on("workspaces", "/workspaces"),
    on("new-workspace", "/workspaces/new"),
    on("apex-account", "/account"),
    on("apex-sessions", "/account/sessions"),
  ];
}

function workspacePages({ world, northwind }: Scene): ListedPage[] {
  const on = pagesOn(world.host("northwind"));
  const project = `/projects/${northwind.projects.get("Website relaunch")}`;
  return [
    on("dashboard", "/dashboard"),
    on("storage", "/dashboard/storage"),
    { ...on("dashboard-workspaces", "/dashboard"), open: openMenu("Switch workspace") },
    { ...on("dashboard-account", "/dashboard"), open: openMenu("Your account") },
    { ...on("dashboard-drawer", "/dashboard"), open: openDrawer, only: "phone" },
    { ...on("palette", "/dashboard"), open: openPalette("") },
    { ...on("palette-results", "/dashboard"), open: openPalette("re") },
    { ...on("palette-nothing", "/dashboard"), open: openPalette("nothing at all") },
    on("search", "/search?q=re"),
    on("search-nothing", "/search?q=nothing+at+all"),
    on("projects", "/projects"),
    on("projects-nothing", "/projects?search=nothing"),
    { ...on("projects-menu", "/projects"), open: openRowMenu },
    { ...on("projects-new", "/projects"), open: openDialog("New project") },
    on("new-project", "/projects/new"),
    on("project", project),
    on("edit-project", `${project}/edit`),
    on("delete-project", `${project}/delete`),
    { ...on("project-delete", "/projects"), open: openDeleteDialog },
    on("team", "/team"),
    on("team-nothing", "/team?search=nothing"),
    on("settings", "/settings"),
    on("brand", "/settings/brand"),
    on("sign-in-rules", "/settings/security"),
    on("account", "/account"),
    on("account-security", "/account/security"),
    on("new-factor", "/account/security/factors/new?type=totp"),
    on("step-up", "/reauthenticate?next=/settings"),
    on("account-sessions", "/account/sessions"),
    on("account-notifications", "/account/notifications"),
    on("delete-workspace", "/settings/deletion"),
  ];
}

function backOfficePages({ world, closed, jobId }: Scene): ListedPage[] {
  const on = pagesOn(world.host());
  return [
    on("admin-tenants", "/admin/tenants"),
    on("admin-tenants-nothing", "/admin/tenants?search=nothing"),
    on("admin-tenant", `/admin/tenants/${closed.tenant.id}`),
    on("admin-jobs", "/admin/jobs"),
    on("admin-jobs-all", "/admin/jobs?state=all"),
    on("admin-jobs-nothing", "/admin/jobs?state=held"),
    on("admin-job", `/admin/jobs/${jobId}`),
    on("admin-discard-job", `/admin/jobs/${jobId}/discard`),
    on("admin-suppressions", "/admin/suppressions"),
    on("admin-new-suppression", "/admin/suppressions/new"),
  ];
}

function pagesOn(host: string) {
  return (name: string, path: string): ListedPage => ({ name, address: `http://${host}${path}` });
}

function openMenu(name: string) {
  return (page: Page) => page.locator("aside summary", { hasText: name }).click();
}

async function openRowMenu(page: Page): Promise<void> {
  await page.locator("#project-list-rows summary").first().click();
}

async function openDeleteDialog(page: Page): Promise<void> {
  await openRowMenu(page);
  await page.locator("details[open]").getByRole("link", { name: "Delete" }).click();
  await page.waitForSelector("dialog[open]");
}

function openDialog(link: string) {
  return async (page: Page) => {
    await page.getByRole("link", { name: link }).filter({ visible: true }).first().click();
    await page.waitForSelector("dialog[open]");
  };
}

async function openDrawer(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open menu" }).click();
}

function openPalette(term: string) {
  return async (page: Page) => {
    await page.waitForFunction(isPaletteReady);
    await page.keyboard.press("Control+k");
    await page.waitForSelector("#palette [role=option]");
    if (term === "") return;
    const answer = page.waitForResponse((response) => new URL(response.url()).searchParams.get("q") === term);
    await page.keyboard.insertText(term);
    await (await answer).finished();
    await page.waitForSelector("#palette form:not(.htmx-request)");
  };
}

/** Runs in the page. */
function isPaletteReady(): boolean {
  const palette = document.querySelector("#palette:has(form[data-htmx-powered])");
  return palette !== null && "_x_dataStack" in palette;
}
