import assert from "node:assert/strict";
import { HtmlValidate, StaticConfigLoader } from "html-validate/browser";
import { createApp, type HostKind } from "../../routes/app.ts";
import { shareReport } from "../../src/analytics/saved_reports/report_links.ts";
import { newSavedReport, saveReport } from "../../src/analytics/saved_reports/saved_reports.ts";
import { EMAIL_TRANSPORT } from "../../src/email/deliver.ts";
import { suppress } from "../../src/email/suppression.ts";
import { createProject } from "../../src/projects/projects.ts";
import { scheduleDeletion, suspendTenant } from "../../src/tenancy/lifecycle.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser, Page } from "../support/browser.ts";
import { addJob } from "../support/jobs.ts";
import { sampleEmail } from "../support/sample_email.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/** Protects: every page and every part of a page is valid HTML. The list of pages is the route table. */

/** The HTML of emails follows what mail programs read, not the standard. */
const EMAIL = /^\/dev\/.*\/html$/;

const NO_HEADERS: Record<string, string> = {};
const HTMX = { "HX-Request": "true" };

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ["html-validate:standard", "html-validate:a11y"],
    // The list of a combobox is never a <select>.
    rules: { "prefer-native-element": ["error", { exclude: ["listbox"] }] },
  }),
);

Deno.test("every page is valid HTML, for visitors and for people who are signed in", async (t) => {
  await using world = await World.open();
  const { ids, member, hosts } = await furnish(world);
  const { routes } = await createApp(world.services);
  const paths = routes.filter(({ method, path }) =>
    method === "GET" && !path.includes("*") && !EMAIL.test(path)
  )
    .map(({ host, path }) => ({ host, path: fill(path, ids) }));
  const unique = [...new Map(paths.map((one) => [`${one.host} ${one.path}`, one])).values()];

  for (const [who, browser] of Object.entries({ visitor: world.browser(), member })) {
    for (const { host, path } of unique) {
      await check(t, browser, `http://${hosts[host]}${path}`, `${who}: ${host} ${path}`);
    }
  }
  await check(t, world.browser(), `http://${world.host("nosuchco")}/`, "an unknown host");
  await check(t, member, `http://${world.host("globex")}/dashboard`, "a suspended workspace");
  for (const path of ["/projects?search=nothing", "/projects?status=archived", "/team?search=nothing"]) {
    await check(t, member, `http://${hosts.tenant}${path}`, path);
  }
});

Deno.test("every refused form is valid HTML and keeps what was typed", async (t) => {
  await using world = await World.open();
  const { ids, member, hosts } = await furnish(world);
  const { routes } = await createApp(world.services);
  const pages = routes.filter(({ method, path }) => method === "GET" && !/\*|^\/(?:api|dev)/.test(path));
  const forms = new Map<string, Form>();
  for (const { host, path } of pages) {
    for (const browser of [member, world.browser()]) {
      const page = await browser.get(`http://${hosts[host]}${fill(path, ids)}`);
      for (const form of formsOf(page)) forms.set(form.address, form);
    }
  }

  for (const { address, names, hidden } of forms.values()) {
    await t.step(address, async () => {
      const typed = Object.fromEntries(names.map((name) => [name, `${name} ${"typed ".repeat(300)}`]));
      for (const headers of [NO_HEADERS, HTMX]) {
        const answer = await member.post(address, { ...hidden, ...typed }, headers);
        assertValid(answer);
        if (answer.status !== 422) continue;
        const lost = names.filter((name) => !answer.text.includes(`${name} typed typed`));
        assert.deepEqual(lost, []);
      }
    });
  }
  assert.ok(forms.size > 8, `${forms.size} forms`);
});

/** `names` are the fields that people type text into. */
type Form = { address: string; names: string[]; hidden: Record<string, string> };

/** The forms of a page without files. */
function formsOf({ text, url }: Page): Form[] {
  return [...text.matchAll(/<form(?![^>]*multipart)([^>]*method="post"[^>]*)>(.*?)<\/form>/gs)].map(
    ([, attributes, content]) => {
      const action = /action="([^"]*)"/.exec(attributes!)![1]!;
      const fields = content!.matchAll(
        /<(?:input(?![^>]*type="(?:hidden|password|checkbox|radio|color|file)")|textarea)[^>]*>/g,
      );
      const names = [...fields].flatMap(([field]) => /name="([^"]+)"/.exec(field)?.[1] ?? []);
      const hidden = content!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
      return {
        address: new URL(action, url).href,
        names,
        hidden: Object.fromEntries([...hidden].map(([, name, value]) => [name!, value!])),
      };
    },
  ).filter(({ names }) => names.length > 0);
}

/** A world in which no page is empty. */
async function furnish(world: World) {
  const acme = await world.company("acme", "Northwind Robotics");
  await world.staff(acme.owner.email);
  const globex = await world.company("globex", undefined, acme.owner);
  const closed = await openTenant(world.system, globex.tenant.id);
  await scheduleDeletion(closed);
  await suspendTenant(closed, { reason: "The last three invoices are open." });
  await world.member(acme, "ada@acme.example", "admin");
  const project = await createProject(acme.ctx, { name: "Gripper", description: "", status: "active" });
  const jobId = await addJob(world, {
    tenantId: globex.tenant.id,
    state: "failed",
    attempts: 10,
    error: "503",
  });
  const email = sampleEmail();
  await world.services.use(EMAIL_TRANSPORT).send(email);
  await suppress(world.system, { address: "gone@acme.example", reason: "bounce", detail: "550 5.1.1" });
  const member = world.browser();
  for (const host of [world.host(), world.host("acme")]) {
    await member.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD, next: "/none" });
  }
  return {
    member,
    hosts: { apex: world.host(), tenant: world.host("acme") } satisfies Record<HostKind, string>,
    ids: {
      "/projects/:id": `/projects/${project.id}`,
      "/admin/tenants/:id": `/admin/tenants/${globex.tenant.id}`,
      "/admin/jobs/:id": `/admin/jobs/${jobId}`,
      "/shared-reports/:id": await sharedReportPath(acme),
      "/dev/mailbox/:id": `/dev/mailbox/${email.id}`,
      "/dev/emails/:name": "/dev/emails/monthly_report",
    },
  };
}

async function sharedReportPath({ ctx }: Company): Promise<string> {
  const { id } = await saveReport(ctx, newSavedReport.parse({ name: "Weekly figures", kind: "usage" }));
  return new URL((await shareReport(ctx, id, { days: 7 })).url).pathname;
}

/** A route's path with the ids of this world. */
function fill(path: string, ids: Record<string, string>): string {
  const known = Object.keys(ids).find((pattern) => path.startsWith(pattern));
  return known ? path.replace(known, ids[known]!) : path.replaceAll(/:\w+/g, "none");
}

async function check(t: Deno.TestContext, browser: Browser, address: string, name: string): Promise<void> {
  await t.step(name, async () => {
    const page = await browser.get(address);
    assertValid(page);
    assertTitled(page);
    assertValid(await browser.get(address, HTMX));
  });
}

/** A page has a title and one main heading. A response without a document is a part of a page. */
function assertTitled({ headers, text, url }: Page): void {
  if (!headers["content-type"]?.startsWith("text/html") || !text.startsWith("<!DOCTYPE")) return;
  assert.match(text, /<title>[^<]+ · [^<]+<\/title>/, url);
  assert.equal([...text.matchAll(/<h1\b/g)].length, 1, `${url} has one h1`);
}

function assertValid({ status, headers, text, url }: Page): void {
  assert.ok(status < 500, `${url} answers ${status}`);
  if (!headers["content-type"]?.startsWith("text/html") || text === "") return;
  const { results } = validator.validateStringSync(text);
  const messages = results.flatMap(({ messages }) => messages)
    .map(({ ruleId, message, offset }) => `${ruleId}: ${message}: ${text.slice(offset - 60, offset + 100)}`);
  assert.deepEqual([...new Set(messages)], [], url);
}
