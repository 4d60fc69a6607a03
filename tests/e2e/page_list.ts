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
export function publicPages({ world, links, emailId, billing, contacts }: Scene): ListedPage[] {
  const on = pagesOn(world.host());
  return [
    on("landing", "/"),
    on("pricing", "/pricing"),
    on("pricing-yearly", "/pricing?cycle=yearly"),
    on("docs", "/docs"),
    on("docs-errors", "/docs/guides/errors"),
    on("docs-reference", "/docs/reference/projects"),
    on("docs-events", "/docs/reference/webhook-events"),
    on("docs-search", "/docs/search?q=project"),
    on("docs-user", "/docs/user"),
    on("docs-user-members", "/docs/user/members"),
    on("docs-admin-scale", "/docs/admin/scale"),
    on("docs-build-page", "/docs/build/add-a-page"),
    on("about", "/about"),
    on("privacy", "/privacy"),
    on("terms", "/terms"),
    on("status", "/status"),
    on("sign-up", "/signup"),
    on("check-email", "/signup/check-email"),
    on("sign-up-code", "/signup/code"),
    on("sign-in", "/login"),
    on("sign-in-email", "/login/email"),
    on("sign-in-passkey", "/login/passkey?workspace=northwind"),
    on("sign-in-link-expired", "/login/link?token=none"),
    on("sign-up-provider", "/signup/oauth"),
    on("provider-down", "/auth/google"),
    on("provider-answer-expired", "/auth/google/callback?state=none"),
    on("forgot-password", "/forgot-password"),
    { name: "set-password", address: links.setPassword },
    { name: "set-password-with-phones", address: links.setPasswordWithPhones },
    { name: "verify-email", address: links.verify },
    { name: "verify-email-password", address: `${links.verify}&choose_password` },
    { name: "unsubscribe", address: links.unsubscribe },
    { name: "own-contact", address: contacts.ownUrl },
    { name: "own-contact-unsubscribe", address: contacts.unsubscribeUrl },
    { name: "own-contact-data", address: `${contacts.ownUrl}/data` },
    { name: "own-contact-erase", address: `${contacts.ownUrl}/erase` },
    pagesOn(world.host("northwind"))("subscribe", `/subscribe/${contacts.listId}`),
    { name: "invitation", address: links.invitation },
    { name: "invitation-known", address: links.knownInvitation },
    on("invitation-closed", "/invitations/none"),
    on("verify-email-expired", "/verify-email?token=none"),
    on("not-found", "/nowhere"),
    on("components", "/dev/components"),
    on("patterns", "/dev/components/patterns"),
    {
      ...on("components-dialog", "/dev/components"),
      open: async (page) => {
        await page.getByRole("link", { name: "Open a dialog" }).click();
        await page.waitForSelector("dialog[open]");
      },
    },
    on("sandbox-checkout", `/sandbox/checkout/${billing.checkoutId}`),
    on("sandbox-confirm", `/sandbox/invoices/${billing.unconfirmedId}`),
    on("sandbox-portal", `/sandbox/portal/${billing.customerId}`),
    on("emails", "/dev/emails"),
    on("email", "/dev/emails/monthly_report"),
    on("mailbox", "/dev/mailbox"),
    on("mailbox-email", `/dev/mailbox/${emailId}`),
    pagesOn(world.host("northwind"))("workspace-sign-in", "/login"),
    pagesOn(world.host("northwind"))("offline", "/offline"),
    { name: "shared-report", address: links.sharedReport },
    pagesOn(world.host("globex"))("suspended", "/dashboard"),
  ];
}

/** The pages of a person's account, whom the following lists show as an owner on the platform's staff. */
export function accountPages({ world, links }: Scene): ListedPage[] {
  const on = pagesOn(world.host());
  return [
    { name: "invitation-of-another", address: links.invitation },
    on("workspaces", "/workspaces"),
    on("new-workspace", "/workspaces/new"),
    on("apex-account", "/account"),
    on("connect-account", "/auth/connect"),
    on("apex-sessions", "/account/sessions"),
    on("apex-activity", "/account/sessions/activity"),
    on("new-passkey", "/account/security/passkeys/new"),
  ];
}

export function workspacePages(
  { world, northwind, newPhoneId, keyId, webhook, billing, contacts, campaigns, sequence, customDomain }:
    Scene,
): ListedPage[] {
  const on = pagesOn(world.host("northwind"));
  const webhooks = "/developers/webhooks";
  const endpoint = `${webhooks}/${webhook.endpointId}`;
  const project = `/projects/${northwind.projects.get("Website relaunch")}`;
  const key = `/developers/api-keys/${keyId}`;
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
    on("notifications", "/notifications"),
    on("notifications-nothing", "/notifications?status=read"),
    on("projects", "/projects"),
    on("projects-nothing", "/projects?search=nothing"),
    { ...on("projects-menu", "/projects"), open: openRowMenu },
    { ...on("projects-new", "/projects"), open: openDialog("New project") },
    on("new-project", "/projects/new"),
    on("project", project),
    on("edit-project", `${project}/edit`),
    on("delete-project", `${project}/delete`),
    { ...on("project-delete", "/projects"), open: openDeleteDialog },
    ...listAndForm(on, "contacts", "contact"),
    on("contacts-nothing", "/contacts?search=nothing"),
    on("contact", `/contacts/${contacts.contactId}`),
    on("edit-contact", `/contacts/${contacts.contactId}/edit`),
    on("delete-contact", `/contacts/${contacts.contactId}/delete`),
    on("contact-lists", "/contacts/lists"),
    on("new-contact-list", "/contacts/lists/new"),
    on("contact-list", `/contacts/lists/${contacts.listId}`),
    on("contact-imports", "/contacts/imports"),
    on("new-contact-import", "/contacts/imports/new"),
    on("contact-import", `/contacts/imports/${contacts.imports.ready}`),
    on("contact-import-running", `/contacts/imports/${contacts.imports.running}`),
    on("segments", "/segments"),
    on("new-segment", "/segments/new"),
    on("segment", `/segments/${contacts.segmentId}`),
    on("delete-segment", `/segments/${contacts.segmentId}/delete`),
    on("sequences", "/sequences"),
    on("new-sequence", "/sequences/new"),
    on("sequence", `/sequences/${sequence.id}`),
    on("edit-sequence", `/sequences/${sequence.id}/edit`),
    on("delete-sequence", `/sequences/${sequence.id}/delete`),
    on("new-sequence-step", `/sequences/${sequence.id}/steps/new`),
    on("edit-sequence-step", `/sequences/${sequence.id}/steps/${sequence.stepId}/edit`),
    on("campaigns", "/campaigns"),
    on("campaigns-nothing", "/campaigns?search=nothing"),
    on("new-campaign", "/campaigns/new?starter=news"),
    on("campaign-settings", "/campaigns/settings"),
    on("campaign-draft", `/campaigns/${campaigns.draftId}`),
    on("edit-campaign", `/campaigns/${campaigns.draftId}/edit`),
    on("delete-campaign", `/campaigns/${campaigns.draftId}/delete`),
    on("campaign", `/campaigns/${campaigns.sentId}`),
    on("campaign-recipients", `/campaigns/${campaigns.sentId}/recipients`),
    on("team", "/team"),
    on("team-nothing", "/team?search=nothing"),
    on("api-usage", "/developers/usage"),
    on("api-usage-nothing", "/developers/usage?operation=GET+%2Fnothing"),
    on("request-log", "/developers/logs"),
    on("request-log-nothing", "/developers/logs?endpoint=%2Fnothing"),
    { ...on("request", "/developers/logs"), open: openRequest },
    on("audit", "/audit"),
    on("audit-nothing", "/audit?action=nothing.here"),
    { ...on("audit-entry", "/audit"), open: openEntry },
    on("audit-integrity", "/audit/integrity"),
    { ...on("team-menu", "/team"), open: (page) => page.locator("#member-list-rows summary").nth(2).click() },
    { ...on("team-invite", "/team"), open: openDialog("Invite people") },
    on("team-invitations", "/team/invitations"),
    on("team-invitations-nothing", "/team/invitations?search=nothing"),
    on("new-invitation", "/team/invitations/new"),
    { ...on("import-invitations", "/team/invitations/import"), open: checkList },
    on("ownership", "/team/ownership"),
    on("join-domains", "/team/domains"),
    on("api-keys", "/developers/api-keys"),
    {
      ...on("api-keys-menu", "/developers/api-keys"),
      open: (page) => page.locator("#key-list-rows summary").first().click(),
    },
    { ...on("api-keys-revoke", "/developers/api-keys"), open: openRevocation },
    on("new-api-key", "/developers/api-keys/new"),
    { ...on("created-api-key", "/developers/api-keys/new"), open: createKey },
    on("api-key", key),
    on("rotate-api-key", `${key}/rotate`),
    on("revoke-api-key", `${key}/revoke`),
    on("webhooks", webhooks),
    on("new-webhook", `${webhooks}/new`),
    on("webhook-events", `${webhooks}/events`),
    on("webhook", endpoint),
    {
      ...on("webhook-menu", endpoint),
      open: (page) => page.locator("summary[aria-label='More actions']").click(),
    },
    on("webhook-failed", `${endpoint}?status=failed`),
    on("edit-webhook", `${endpoint}/edit`),
    on("rotate-webhook-secret", `${endpoint}/secret`),
    on("replay-webhook", `${endpoint}/replay`),
    on("delete-webhook", `${endpoint}/delete`),
    on("webhook-delivery", `${webhooks}/deliveries/${webhook.deliveryId}`),
    on("billing", "/billing"),
    on("billing-plans", "/billing/plans"),
    on("billing-plans-yearly", "/billing/plans?cycle=yearly"),
    on("billing-upgrade", "/billing/plans/premium?cycle=yearly"),
    on("billing-downgrade", "/billing/plans/team"),
    on("billing-cancel", "/billing/cancel"),
    on("billing-invoices", "/billing/invoices"),
    on("billing-invoice", `/billing/invoices/${billing.invoiceId}`),
    on("settings", "/settings"),
    on("brand", "/settings/brand"),
    on("data", "/settings/data"),
    on("roles", "/settings/roles"),
    on("role", "/settings/roles/viewer"),
    on("new-role", "/settings/roles/new"),
    on("sign-in-rules", "/settings/security"),
    on("api-settings", "/settings/api"),
    on("website-events", "/settings/analytics"),
    on("replace-website-key", "/settings/analytics/key"),
    on("domains", "/settings/domains"),
    on("remove-domain", `/settings/domains/${customDomain.failingId}/remove`),
    on("sending-domain", "/settings/sending-domain"),
    on("remove-sending-domain", "/settings/sending-domain/remove"),
    on("support-access", "/settings/support"),
    on("account", "/account"),
    on("account-email", "/account/email"),
    on("account-security", "/account/security"),
    on("new-factor", "/account/security/factors/new?type=totp"),
    on("new-phone", "/account/security/factors/new?type=sms"),
    on("confirm-phone", `/account/security/factors/${newPhoneId}`),
    on("step-up", "/reauthenticate?next=/settings"),
    on("account-sessions", "/account/sessions"),
    on("account-activity", "/account/sessions/activity"),
    on("account-notifications", "/account/notifications"),
    on("account-data", "/account/data"),
    on("analytics", "/analytics"),
    on("analytics-compared", "/analytics?compare=before"),
    { ...on("analytics-point", "/analytics?days=7"), open: focusPoint },
    on("analytics-people", "/analytics/active-users?days=90"),
    on("analytics-funnel", "/analytics/funnel?step1=page_viewed&step2=cart_filled&step3=order_placed"),
    on("analytics-funnel-empty", "/analytics/funnel"),
    on("analytics-retention", "/analytics/retention?days=90"),
    on("analytics-breakdown", "/analytics/breakdown?event=page_viewed&property=source"),
    on("analytics-reports", "/analytics/reports"),
    on("delete-workspace", "/settings/deletion"),
  ];
}

export function backOfficePages(
  { world, northwind, closed, jobId, announcementId, billing }: Scene,
): ListedPage[] {
  const on = pagesOn(world.host());
  const account = `/admin/tenants/${northwind.company.tenant.id}/billing`;
  const user = `/admin/users/${northwind.people.tomas.id}`;
  return [
    on("admin-tenants", "/admin/tenants"),
    on("admin-tenants-nothing", "/admin/tenants?search=nothing"),
    on("admin-tenant", `/admin/tenants/${closed.tenant.id}`),
    on("admin-analytics", "/admin/analytics"),
    on("admin-billing", "/admin/billing"),
    on("admin-tenant-billing", account),
    on("admin-tenant-billing-nothing", `/admin/tenants/${closed.tenant.id}/billing`),
    on("admin-tenant-invoices", `${account}/invoices`),
    on("admin-refund-invoice", `${account}/invoices/${billing.invoiceId}/refund`),
    on("admin-void-invoice", `${account}/invoices/${billing.invoiceId}/void`),
    on("admin-extend-trial", `${account}/trial`),
    on("admin-grant-plan", `${account}/grant`),
    on("admin-set-override", `${account}/override`),
    on("admin-remove-override", `${account}/override/removal?key=projects`),
    on("admin-sync-billing", `${account}/sync`),
    on("admin-users", "/admin/users"),
    on("admin-users-nothing", "/admin/users?search=nothing"),
    on("admin-user", user),
    on("admin-user-activity", `${user}/activity`),
    on("admin-user-password-link", `${user}/password-link`),
    on("admin-user-disable-factors", `${user}/disable-factors`),
    on("admin-jobs", "/admin/jobs"),
    on("admin-jobs-all", "/admin/jobs?state=all"),
    on("admin-jobs-nothing", "/admin/jobs?state=held"),
    on("admin-job", `/admin/jobs/${jobId}`),
    on("admin-discard-job", `/admin/jobs/${jobId}/discard`),
    on("admin-announcements", "/admin/announcements"),
    on("admin-new-announcement", "/admin/announcements/new"),
    on("admin-edit-announcement", `/admin/announcements/${announcementId}/edit`),
    on("admin-delete-announcement", `/admin/announcements/${announcementId}/delete`),
    on("admin-flags", "/admin/flags"),
    on("admin-flag", "/admin/flags/sample_data"),
    on("admin-suppressions", "/admin/suppressions"),
    on("admin-new-suppression", "/admin/suppressions/new"),
    on("admin-audit", "/admin/audit"),
    on("admin-audit-integrity", "/admin/audit/integrity"),
  ];
}

function pagesOn(host: string) {
  return (name: string, path: string): ListedPage => ({ name, address: `http://${host}${path}` });
}

function openMenu(name: string) {
  return (page: Page) => page.locator("aside summary", { hasText: name }).click();
}

async function openEntry(page: Page): Promise<void> {
  await page.locator("#audit-list-rows a").first().click();
  await page.waitForURL(/\/audit\/[0-9a-f-]{36}$/);
}

async function openRequest(page: Page): Promise<void> {
  await page.locator("#request-list-rows a").first().click();
  await page.waitForURL(/\/developers\/logs\/[0-9a-f-]{36}$/);
}

async function openRowMenu(page: Page): Promise<void> {
  await page.locator("#project-list-rows summary").first().click();
}

async function openDeleteDialog(page: Page): Promise<void> {
  await openRowMenu(page);
  await page.locator("details[open]").getByRole("link", { name: "Delete" }).click();
  await page.waitForSelector("dialog[open]");
}

async function checkList(page: Page): Promise<void> {
  await page.fill("#invite-csv", "ada@company.example,admin\nben@company.example\nno-address,viewer");
  await page.getByRole("button", { name: "Check list" }).click();
  await page.waitForSelector("text=1 line has an error");
}

function openDialog(link: string) {
  return async (page: Page) => {
    await page.getByRole("link", { name: link }).filter({ visible: true }).first().click();
    await page.waitForSelector("dialog[open]");
  };
}

async function openRevocation(page: Page): Promise<void> {
  await page.locator("#key-list-rows summary").last().click();
  await page.getByRole("link", { name: "Revoke" }).filter({ visible: true }).last().click();
  await page.waitForSelector("dialog[open]");
}

async function createKey(page: Page): Promise<void> {
  await page.fill("#key-name", "Continuous integration");
  await page.getByLabel("Create and change projects").check();
  await page.getByRole("button", { name: "Create API key" }).click();
  await page.waitForSelector("#api-key");
}

async function openDrawer(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open menu" }).click();
}

async function focusPoint(page: Page): Promise<void> {
  await page.getByRole("slider").first().focus();
  await page.keyboard.press("ArrowLeft");
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

/** The pages of a resource that need none of its rows. */
function listAndForm(on: ReturnType<typeof pagesOn>, several: string, one: string): ListedPage[] {
  return [on(several, `/${several}`), on(`new-${one}`, `/${several}/new`)];
}

/** Runs in the page. */
function isPaletteReady(): boolean {
  const palette = document.querySelector("#palette:has(form[data-htmx-powered])");
  return palette !== null && "_x_dataStack" in palette;
}
