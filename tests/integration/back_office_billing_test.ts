// Protects: staff see what a workspace pays and why, and change it with a name, a reason and a recent proof, once for each form.
import { and, eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { billingAccounts, billingEvents, billingInvoices } from "../../db/control/schema/billing.ts";
import { startTrial } from "../../src/billing/trials.ts";
import { DAY, MINUTE } from "../../src/platform/clock.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser } from "../support/browser.ts";
import { card, Customer, FAILS_LATER } from "../support/billing.ts";
import { PASSWORD, World } from "../support/world.ts";

const REASON = "Agreed on the phone with the owner.";

Deno.test("staff refund half of an invoice, and the owner's receipt, the log and the figures follow", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);

  const form = await staff.get(refund);
  const done = await staff.post(refund, { amount: "14.50", reason: REASON });

  assert.match(form.text, /Leave it empty to refund the full amount, \$29\.00/);
  assert.equal(done.url, account);
  assert.match(done.text, /\$14\.50 refunded\./);
  assert.match(done.text, /Money refunded/);
  assert.match(done.text, /-\$14\.50/);
  assert.ok(
    done.text.includes(
      `ordered a refund of $14.50 for the invoice ${(await invoiceOf(world, customer)).number}: ${REASON}`,
    ),
  );
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 1_450);
  assert.deepEqual(await customer.emails(), ["receipt", "refund"]);
  assert.deepEqual(await customer.movements(), ["subscribed", "refunded"]);
  assert.equal(await customer.plan(), "team", "a refund takes no plan away");
  const orders = await linesOf(world, "invoice.refund_ordered");
  assert.deepEqual(orders.map(({ actorName, details }) => [actorName, details!.amount, details!.reason]), [[
    "Root Rust",
    1_450,
    REASON,
  ]]);
});

Deno.test("a refund that is sent twice with one form, also at once, moves the money once", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);
  const fields = { amount: "10", reason: REASON, form_key: keyIn((await staff.get(refund)).text) };

  const [first, second] = await Promise.all([staff.post(refund, fields), staff.post(refund, fields)]);
  const third = await staff.post(refund, fields);

  assert.deepEqual([first!.status, second!.status, third.status], [200, 200, 200]);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 1_000);
  assert.equal((await linesOf(world, "invoice.refund_ordered")).length, 1);
  assert.deepEqual(await customer.emails(), ["receipt", "refund"]);

  const again = { ...fields, form_key: keyIn((await staff.get(refund)).text) };
  await staff.post(refund, again);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 2_000, "another form is another refund");
});

Deno.test("an empty amount refunds what is left, and then nothing more can be refunded", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);
  await staff.post(refund, { amount: "9", reason: REASON });

  const rest = await staff.post(refund, { amount: "", reason: REASON });
  const more = await staff.post(refund, { amount: "", reason: REASON });

  assert.match(rest.text, /\$20\.00 refunded\./);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 2_900);
  assert.equal(more.status, 422);
  assert.match(more.text, /Nothing on this invoice can be refunded/);
  assert.doesNotMatch((await staff.get(account)).text, /\/refund"/);
});

Deno.test("a refund names what is wrong with it, and keeps what was typed", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);

  const answers = new Map<string, { status: number; text: string }>();
  for (const amount of ["29.01", "0", "-5", "1.234", "ten", "1e3", "00", "9".repeat(19)]) {
    answers.set(amount, await staff.post(refund, { amount, reason: REASON }));
  }
  const unexplained = await staff.post(refund, { amount: "5", reason: "  " });

  for (const [amount, { status, text }] of answers) {
    assert.equal(status, 422, amount);
    assert.match(
      text,
      amount === "29.01" ? /Enter \$29\.00 or less/ : /Enter an amount such as 29\.00/,
      amount,
    );
    assert.ok(text.includes(`value="${amount}"`), amount);
  }
  assert.equal(unexplained.status, 422);
  assert.match(unexplained.text, /Enter a reason/);
  assert.match(unexplained.text, /value="5"/);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 0);
  assert.deepEqual(await linesOf(world, "invoice.refund_ordered"), []);
});

Deno.test("a refund that another one was faster than says how much was given back", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);
  const { id } = (await customer.account()).snapshot!.invoices[0]!;
  await customer.sandbox.refund({ invoiceId: id, amount: 20_00, key: "another" });

  const late = await staff.post(refund, { amount: "20", reason: REASON });

  assert.equal(late.status, 422);
  assert.match(late.text, /only \$9\.00 was left/);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 29_00);
});

Deno.test("a refund of a disputed payment is refused", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const { customerId } = await customer.account();
  await customer.sandbox.play(customerId!, (life) => life.dispute(life.state.invoices[0]!));
  await customer.sync();
  const refund = await refundPage(world, customer, account);

  const refused = await staff.post(refund, { amount: "5", reason: REASON });

  assert.equal(refused.status, 422);
  assert.match(refused.text, /The payment is disputed/);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 0);
});

Deno.test("if the gateway is down, the order stays in the log, and the same form refunds later", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);
  const fields = { amount: "5", reason: REASON, form_key: keyIn((await staff.get(refund)).text) };
  const { sandbox } = customer;
  const refundNow = sandbox.refund;
  sandbox.refund = () => Promise.reject(Object.assign(new Error("no route"), { code: "ECONNREFUSED" }));

  const failed = await staff.post(refund, fields);
  const during = await invoiceOf(world, customer);
  sandbox.refund = refundNow;
  await staff.post(refund, fields);

  assert.ok(failed.status >= 500);
  assert.equal(during.amountRefunded, 0);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 500);
  assert.equal((await linesOf(world, "invoice.refund_ordered")).length, 1);
});

Deno.test("staff void an open invoice, and nobody can pay it any longer", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy(FAILS_LATER);
  await customer.pass(32);
  await signIn(world, staff);
  const open = await invoiceOf(world, customer, "open");
  const page = await staff.get(account);
  const path = `${account}/invoices/${open.id}/void`;

  const done = await staff.post(path, { reason: REASON });
  const again = await staff.post(path, { reason: REASON });

  assert.match(page.text, new RegExp(`/invoices/${open.id}/void"`));
  assert.match(done.text, new RegExp(`${open.number} is void`));
  assert.equal((await invoiceOf(world, customer, "void")).id, open.id);
  assert.equal(again.status, 422);
  assert.match(again.text, /Only an open invoice can be voided/);
  assert.equal((await linesOf(world, "invoice.voided")).length, 1);
});

Deno.test("staff extend a trial by a week, once for each form, also after it has ended", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await startTrial(await customer.ctx(), { plan: "premium" });
  const { trialEndsAt: first } = await customer.account();
  const key = keyIn((await staff.get(`${account}/trial`)).text);
  const fields = { days: "7", reason: REASON, form_key: key };

  const done = await staff.post(`${account}/trial`, fields);
  await staff.post(`${account}/trial`, fields);
  const { trialEndsAt: extended } = await customer.account();
  await customer.pass(25);
  const ended = await customer.plan();
  await signIn(world, staff);
  await staff.post(`${account}/trial`, { days: "3", reason: REASON });

  assert.match(done.text, /Trial extended/);
  assert.ok(done.text.includes(`Reason: ${REASON}`));
  assert.equal(extended!.getTime() - first!.getTime(), 7 * DAY);
  assert.equal(ended, "starter");
  assert.equal(await customer.plan(), "premium");
  assert.equal((await linesOf(world, "trial.extended")).length, 2);
});

Deno.test("a trial that there never was can't be extended, and days have bounds", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();

  const none = await staff.post(`${account}/trial`, { days: "7", reason: REASON });
  const zero = await staff.post(`${account}/trial`, { days: "0", reason: REASON });

  assert.deepEqual([none.status, zero.status], [422, 422]);
  assert.match(none.text, /This workspace never had a trial/);
  assert.doesNotMatch((await staff.get(account)).text, /billing\/trial"/);
});

Deno.test("staff grant Enterprise until a day, and take it away again", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  const grant = `${account}/grant`;

  const past = await staff.post(grant, { plan: "enterprise", until: "2026-03-01", reason: REASON });
  const nonsense = await staff.post(grant, { plan: "enterprise", until: "soon", reason: REASON });
  const done = await staff.post(grant, { plan: "enterprise", until: "2026-06-01", reason: REASON });
  const granted = await openTenant(world.system, customer.company.tenant.id);
  await staff.post(grant, { plan: "starter", until: "", reason: REASON });

  assert.deepEqual([past.status, nonsense.status], [422, 422]);
  assert.match(past.text, /Choose a day in the future/);
  assert.match(nonsense.text, /Use a day such as 2027-03-31/);
  assert.match(done.text, /The workspace has Enterprise/);
  assert.match(done.text, /Staff granted it/);
  assert.match(done.text, /The grant ends on/);
  assert.equal(granted.tenant.plan, "enterprise");
  assert.equal(granted.tenant.planUntil?.toISOString(), "2026-06-01T00:00:00.000Z");
  assert.equal(await customer.plan(), "starter");
});

Deno.test("a plan can't be granted beside a subscription", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();

  const refused = await staff.post(`${account}/grant`, { plan: "enterprise", until: "", reason: REASON });

  assert.equal(refused.status, 422);
  assert.match(refused.text, /This workspace pays for a subscription\. Cancel it first/);
  assert.equal(await customer.plan(), "team");
  assert.doesNotMatch((await staff.get(account)).text, /billing\/grant"/);
});

Deno.test("staff set an override, see it, and remove it", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  const override = `${account}/override`;

  const set = await staff.post(override, {
    key: "projects",
    value: "12",
    until: "2026-04-01",
    reason: REASON,
  });
  const { overrides } = (await openTenant(world.system, customer.company.tenant.id)).tenant;
  const wrong = await staff.post(override, { key: "projects", value: "yes", until: "", reason: REASON });
  await staff.post(override, {
    key: "api_requests_per_minute",
    value: "900",
    until: "",
    reason: REASON,
  });
  await staff.post(`${override}/removal`, { key: "api_requests_per_minute", reason: REASON });
  const confirm = await staff.get(`${override}/removal?key=projects`);
  const removed = await staff.post(`${override}/removal`, { key: "projects", reason: REASON });

  assert.deepEqual(overrides, [{ key: "projects", limit: 12, endsAt: new Date("2026-04-01T00:00:00Z") }]);
  assert.match(set.text, /Projects: 12/);
  const form = (await staff.get(override)).text;
  for (const key of ["api_calls", "api_requests_per_minute", "compute_minutes"]) {
    assert.ok(form.includes(`value="${key}"`), key);
  }
  assert.match(set.text, /override\/removal\?key=projects/);
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Use a number, unlimited, yes, no or none/);
  assert.match(confirm.text, /Remove an override/);
  assert.match(removed.text, /The plan alone decides what this workspace may do/);
  assert.deepEqual((await openTenant(world.system, customer.company.tenant.id)).tenant.overrides, []);
  assert.deepEqual(
    (await linesOf(world, "override.changed")).map(({ details }) => [details!.label, details!.value]),
    [["projects", "12"], ["API requests a minute", "900"], ["API requests a minute", "none"], [
      "projects",
      "none",
    ]],
  );
});

Deno.test("staff sync an account whose event was lost, and the story tells it event by event", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await startTrial(await customer.ctx(), { plan: "team" });
  const checkout = await customer.checkout();
  await customer.sandbox.payCheckout(checkout, card(FAILS_LATER));
  const before = await customer.account();
  const empty = await staff.get(account);

  const done = await staff.post(`${account}/sync`, { reason: REASON });

  assert.equal(before.subscriptionId, null);
  assert.doesNotMatch(empty.text, /The first payment is on/);
  assert.match(done.text, /Billing is in sync/);
  assert.match(done.text, /The gateway reported checkout\.session\.completed/);
  assert.match(done.text, /Trial started/);
  assert.ok(done.text.includes(`with the payment gateway: ${REASON}`));
  assert.match(done.text, /The first payment is on/);
  assert.notEqual((await customer.account()).subscriptionId, null);
});

Deno.test("the story is in order, newest first, and pages without skipping a line", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const { id } = await customer.account();
  world.clock.advance(MINUTE);
  const receivedAt = world.clock.now();
  const ids = Array.from({ length: 60 }, (_, number) => `evt_many_${String(number).padStart(2, "0")}`);
  await world.system.control.insert(billingEvents).values(ids.map((event) => ({
    id: event,
    gateway: "sandbox" as const,
    type: "invoice.updated",
    accountId: id,
    body: "{}",
    createdAt: receivedAt,
    receivedAt,
  })));

  const seen: string[] = [];
  let address: string | null = account;
  let pages = 0;
  while (address && pages < 10) {
    const { text }: { text: string } = await staff.get(address);
    seen.push(...[...text.matchAll(/>(evt_many_\d+)</g)].map(([, event]) => event!));
    const next: string | undefined = /href="([^"]+)"[^>]*rel="next"/.exec(text)?.[1];
    address = next ? new URL(next.replaceAll("&amp;", "&"), account).href : null;
    pages++;
    if (!address) assert.match(text, /Subscribed/, "the oldest lines are on the last page");
  }

  assert.deepEqual(seen.toSorted(), ids);
  assert.equal(pages, 3);
});

Deno.test("the page says why a workspace has its plan, and what changes next", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  const fresh = await staff.get(account);
  await startTrial(await customer.ctx(), { plan: "premium" });
  const trial = await staff.get(account);
  await customer.buy(FAILS_LATER, { plan: "team" });
  const paid = await staff.get(account);

  assert.match(fresh.text, /It never chose a plan, or its plan ended/);
  assert.match(trial.text, /It is in a trial/);
  assert.match(trial.text, /The trial ends on/);
  assert.match(paid.text, /Subscribed, not charged yet/);
  assert.match(paid.text, /Visa ending in 0341/);
  assert.ok(
    (await staff.get(account.replace("/billing", ""))).text.includes(`href="${new URL(account).pathname}"`),
  );
});

Deno.test("the page of all workspaces shows this month, and links to workspaces that owe money", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy(FAILS_LATER);
  await customer.pass(33);
  await signIn(world, staff);

  const { status, text } = await staff.get(`http://${world.host()}/admin/billing`);

  assert.equal(status, 200);
  assert.match(text, /\$29\.00<span[^>]*>\$348\.00 a year/);
  assert.ok(text.includes(`href="${new URL(account).pathname}"`));
  assert.match(text, /\$29\.00 open/);
  assert.match(text, /2026-04/);
});

Deno.test("S25 every action needs a recent proof of the staff member", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const invoice = await invoiceOf(world, customer);
  world.clock.advance(11 * MINUTE);
  const forms: [path: string, fields: Record<string, string>][] = [
    [`invoices/${invoice.id}/refund`, { amount: "" }],
    [`invoices/${invoice.id}/void`, {}],
    ["trial", { days: "7" }],
    ["grant", { plan: "enterprise", until: "" }],
    ["override", { key: "projects", value: "12", until: "" }],
    ["override/removal", { key: "projects" }],
    ["sync", {}],
  ];

  for (const [path, fields] of forms) {
    const { status, text } = await staff.post(`${account}/${path}`, { ...fields, reason: REASON });
    assert.equal(status, 403, path);
    assert.match(text, /name="step_up_password"/, path);
  }
  const proven = await staff.post(`${account}/invoices/${invoice.id}/refund`, {
    amount: "1",
    reason: REASON,
    step_up: "proof",
    step_up_password: PASSWORD,
  });

  assert.match(proven.text, /\$1\.00 refunded/);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 100);
});

Deno.test("S25 nobody but staff sees or changes billing in the back office, and no form comes from elsewhere", async () => {
  await using world = await World.open();
  const { customer, staff, account } = await openOffice(world);
  await customer.buy();
  const refund = await refundPage(world, customer, account);
  const owner = await world.signedInBrowser(customer.company.owner.email);
  const elsewhere = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

  const pages = [account, `${account}/invoices`, refund, `http://${world.host()}/admin/billing`];
  for (const page of pages) assert.equal((await owner.get(page)).status, 403, page);
  const byOwner = await owner.post(refund, { amount: "", reason: REASON });
  const forged = await staff.post(refund, { amount: "", reason: REASON }, elsewhere);

  assert.deepEqual([byOwner.status, forged.status], [403, 403]);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 0);
});

Deno.test("S03 an invoice is changed only on the page of its own workspace", async () => {
  await using world = await World.open();
  const { customer, staff } = await openOffice(world);
  const other = await Customer.open(world, "globex");
  await customer.buy();
  await other.buy();
  const foreign = await invoiceOf(world, customer);
  const page = `http://${world.host()}/admin/tenants/${other.company.tenant.id}/billing/invoices`;

  const answers = [
    await staff.get(`${page}/${foreign.id}/refund`),
    await staff.post(`${page}/${foreign.id}/refund`, { amount: "", reason: REASON }),
    await staff.post(`${page}/${foreign.id}/void`, { reason: REASON }),
    await staff.post(`${page}/nonsense/refund`, { amount: "", reason: REASON }),
  ];

  assert.deepEqual(answers.map(({ status }) => status), [404, 404, 404, 404]);
  assert.equal((await invoiceOf(world, customer)).amountRefunded, 0);
});

/** A workspace on Starter, and staff with its page in the back office. */
async function openOffice(world: World) {
  await world.staff("root@example.com", "Root Rust");
  const customer = await Customer.open(world);
  const staff = await signIn(world, world.browser());
  const account = `http://${world.host()}/admin/tenants/${customer.company.tenant.id}/billing`;
  return { customer, staff, account };
}

async function signIn(world: World, browser: Browser): Promise<Browser> {
  await browser.post(`http://${world.host()}/login`, {
    email: "root@example.com",
    password: PASSWORD,
    next: "/admin/billing",
  });
  return browser;
}

async function refundPage(world: World, customer: Customer, account: string): Promise<string> {
  return `${account}/invoices/${(await invoiceOf(world, customer)).id}/refund`;
}

async function invoiceOf(world: World, customer: Customer, status?: "open" | "void") {
  const [row] = await world.system.control.select({ invoice: billingInvoices }).from(billingInvoices)
    .innerJoin(billingAccounts, eq(billingAccounts.id, billingInvoices.accountId))
    .where(and(
      eq(billingAccounts.tenantId, customer.company.tenant.id),
      status ? eq(billingInvoices.status, status) : undefined,
    ));
  return row!.invoice;
}

async function linesOf(world: World, action: string) {
  return await world.system.control.select().from(platformAuditLog).where(eq(platformAuditLog.action, action))
    .orderBy(platformAuditLog.sequence);
}

function keyIn(text: string): string {
  return /name="form_key" value="([^"]+)"/.exec(text)![1]!;
}
