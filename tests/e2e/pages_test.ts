import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import { unsubscribeUrl } from "../../src/email/preferences.ts";
import { suppress } from "../../src/email/suppression.ts";
import { createVerificationLink } from "../../src/identity/emailed_links.ts";
import { startPendingSignUp } from "../../src/identity/pending_sign_ups.ts";
import { scheduleDeletion, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { addJob } from "../support/jobs.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: every page is accessible, fits every window, and is small. */

const MAX_SCRIPT_BYTES = 50 * 1024;
const MAX_STYLE_BYTES = 25 * 1024;
const WINDOWS = [{ width: 1280, height: 900 }, { width: 360, height: 780 }];

const axeSource = await Deno.readTextFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url));

Deno.test("every page passes axe and fits its window, light and dark, on desktop and phone", async (t) => {
  await using world = await World.open();
  const open = await world.company("acme", "Northwind Robotics with a rather long name");
  await world.user("ada@acme.example", "Ada Okafor");
  await world.staff("owner@acme.example");
  const closed = await world.company("globex");
  for (const company of [open, closed]) await world.member(company, "mei@acme.example", "viewer");
  await world.member(open, "ada@acme.example", "admin");
  await scheduleDeletion(await openTenant(world.system, closed.tenant.id));
  await suspendTenant(await openTenant(world.system, closed.tenant.id), {
    reason: "The last three invoices are open.",
  });
  await world.manyProjects("acme", 8);
  const { json } = await world.api("GET", "/projects", { token: await ownerToken(world) });
  const jobId = await addJob(world, {
    tenantId: closed.tenant.id,
    queue: "webhooks",
    state: "failed",
    attempts: 10,
    error: "503 Service Unavailable: upstream-connect-error-or-disconnect-reset-before-headers",
  });
  await addJob(world, { state: "ready" });
  const reader = await world.user("ada@acme.example");
  const email = sampleEmail();
  await world.services.use(EMAIL_TRANSPORT).send(email);
  await suppress(world.system, {
    address: "gone@acme.example",
    reason: "bounce",
    detail: "550 5.1.1 No such user",
  });
  const newcomer = await createVerificationLink(
    world.system,
    await world.unconfirmedUser("new@acme.example"),
  );
  const pending = await startPendingSignUp(
    world.system,
    { email: "later@acme.example", name: "Later", companyName: "Later", subdomain: "later" },
    await world.passwordHashOf(reader),
  );
  const signUpCookie = { name: "denizen_sign_up", value: pending.token, url: `http://${world.host()}` };
  const ids = {
    projectId: json.data[0].id as string,
    tenantId: closed.tenant.id,
    jobId,
    emailId: email.id,
    emailedLinks: [
      await world.passwordLink(reader),
      newcomer,
      `${newcomer}&choose_password`,
      unsubscribeUrl(world.system, reader.id, { name: "reports" }),
    ],
  };
  const browser = await launchBrowser();
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const viewport of WINDOWS) {
        const where = `${colorScheme} ${viewport.width}px`;
        const { context, page } = await openWindow(browser, { colorScheme, viewport });
        await context.addCookies([signUpCookie]);
        await visit(t, page, where, addressesFor(world, "visitor", ids));
        await page.goto(`http://${world.host()}/login`);
        await signIn(page, "owner@acme.example", /\/dashboard$/);
        await visit(t, page, where, addressesFor(world, "member", ids));
        await context.clearCookies();
        await page.goto(`http://${world.host()}/login`);
        await signIn(page, "mei@acme.example", /\/workspaces$/);
        await visit(t, page, `${where}, one suspended`, [page.url()]);
        await page.goto(`http://${world.host("acme")}/login`);
        await signIn(page, "owner@acme.example", /\/dashboard$/);
        await page.goto(`http://${world.host()}/workspaces`);
        await page.click(`form[action="/workspaces/${open.tenant.id}/handoff"] button`);
        await page.waitForURL(/\/handoff\?/);
        await visit(t, page, `${where}, someone else signed in`, [page.url()]);
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
});

Deno.test("a page's scripts are under 50 KB and its styles under 25 KB compressed", async () => {
  await using world = await World.open();
  const page = await world.browser().get(`http://${world.host()}/signup`);

  const sizeOf = async (pattern: RegExp) => {
    const files = await Promise.all(
      [...page.text.matchAll(pattern)].map(([, path]) =>
        world.browser().get(`http://${world.host()}${path}`)
      ),
    );
    assert.ok(files.length > 0);
    return files.reduce((total, { text }) => total + gzipSync(text).length, 0);
  };
  const scripts = await sizeOf(/<script[^>]+src="([^"]+)"/g);
  const styles = await sizeOf(/<link rel="stylesheet" href="([^"]+)"/g);

  assert.ok(scripts < MAX_SCRIPT_BYTES, `${scripts} bytes of scripts`);
  assert.ok(styles < MAX_STYLE_BYTES, `${styles} bytes of styles`);
});

function addressesFor(
  world: World,
  who: "visitor" | "member",
  { projectId, tenantId, jobId, emailId, emailedLinks }: {
    projectId: string;
    tenantId: string;
    jobId: string;
    emailId: string;
    emailedLinks: string[];
  },
): string[] {
  const [apex, tenant] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  if (who === "visitor") {
    return [
      `${apex}/`,
      `${apex}/signup`,
      `${apex}/signup/check-email`,
      `${apex}/signup/code`,
      `${apex}/login`,
      `${apex}/forgot-password`,
      ...emailedLinks,
      `${apex}/verify-email?token=none`,
      `${apex}/nowhere`,
      `${apex}/dev/components`,
      `${apex}/dev/emails`,
      `${apex}/dev/emails/monthly_report`,
      `${apex}/dev/mailbox`,
      `${apex}/dev/mailbox/${emailId}`,
      `${tenant}/login`,
      `http://${world.host("globex")}/dashboard`,
    ];
  }
  const project = `${tenant}/projects/${projectId}`;
  return [
    `${apex}/workspaces`,
    `${apex}/workspaces/new`,
    `${apex}/admin/tenants`,
    `${apex}/admin/tenants?search=nothing`,
    `${apex}/admin/tenants/${tenantId}`,
    `${apex}/admin/jobs`,
    `${apex}/admin/jobs?state=all`,
    `${apex}/admin/jobs?state=held`,
    `${apex}/admin/jobs/${jobId}`,
    `${apex}/admin/jobs/${jobId}/discard`,
    `${apex}/admin/suppressions`,
    `${apex}/admin/suppressions/new`,
    `${tenant}/settings`,
    `${tenant}/settings/notifications`,
    `${tenant}/settings/deletion`,
    `${tenant}/dashboard`,
    `${tenant}/team`,
    `${tenant}/team?search=nothing`,
    `${tenant}/projects`,
    `${tenant}/projects?search=nothing`,
    `${tenant}/projects/new`,
    project,
    `${project}/edit`,
    `${project}/delete`,
  ];
}

async function visit(t: Deno.TestContext, page: Page, where: string, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    await t.step(`${where} ${new URL(address).pathname}`, async () => {
      await page.goto(address);
      await page.evaluate(settle);
      const width = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth
      );
      assert.equal(width, 0, "the page scrolls sideways");
      assert.deepEqual(await findViolations(page), []);
    });
  }
}

/** Runs in the page: an element that is still fading in doesn't have its final colors. */
async function settle(): Promise<void> {
  const ending = document.getAnimations().filter(({ effect }) =>
    Number.isFinite(effect?.getComputedTiming().endTime)
  );
  await Promise.all(ending.map(({ finished }) => finished));
}

/** axe runs in an isolated world, which the page's CSP doesn't restrict. */
async function findViolations(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const { executionContextId } = await session.send("Page.createIsolatedWorld", {
    frameId: frameTree.frame.id,
  });
  const expression =
    `${axeSource}; axe.run().then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])))`;
  const { result } = await session.send("Runtime.evaluate", {
    expression,
    contextId: executionContextId,
    awaitPromise: true,
  });
  await session.detach();
  return JSON.parse(result.value as string);
}

async function signIn(page: Page, email: string, landing: RegExp): Promise<void> {
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL(landing);
}

async function ownerToken(world: World): Promise<string> {
  const { json } = await world.api("POST", "/auth/login", {
    body: { email: "owner@acme.example", password: PASSWORD },
  });
  return json.access_token;
}
