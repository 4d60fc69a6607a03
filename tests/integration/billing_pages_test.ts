import assert from "node:assert/strict";
import { billingInvoices } from "../../db/control/schema/billing.ts";
import { unavailable } from "../../src/errors.ts";
import { after, DAY } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import { problem } from "../../src/platform/problem.ts";
import { recordUsage } from "../../src/billing/usage/record.ts";
import { startTrial } from "../../src/billing/trials.ts";
import { orderPlan } from "../../src/billing/subscription.ts";
import { createProject } from "../../src/projects/projects.ts";
import type { Browser } from "../support/browser.ts";
import { card, Customer, FAILS_LATER, GOOD_CARD } from "../support/billing.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: people see what a plan costs and takes away before they order it, and every limit leads to the plans. */

Deno.test("before a smaller plan is ordered, its page says when it starts, what it costs and what it takes away", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { plan: "premium" });
  const browser = await signIn(world, customer.company.owner.email);

  const { text } = await browser.get(`${hostOf(world)}/billing/plans/team?cycle=monthly`);

  assert.match(text, /Team, billed monthly/);
  assert.match(text, /\$29\.00 a month/);
  assert.match(text, /The change applies on/);
  assert.match(text, /lose access to:[\s\S]*Custom roles/);
  assert.doesNotMatch(text, /Audit log<\/li>/);
});

Deno.test("before a plan is canceled, its page says what is over Starter's limits", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  for (const name of ["One", "Two", "Three", "Four"]) {
    await createProject(await customer.ctx(), { name, description: "", status: "active" });
  }
  const browser = await signIn(world, customer.company.owner.email);

  const { text } = await browser.get(`${hostOf(world)}/billing/cancel`);

  assert.match(text, /4 of 3 projects/);
  assert.match(text, /Webhooks<\/li>/);
});

Deno.test("the plan of a trial can be bought, and its first payment is due when the trial ends", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await startTrial(await customer.ctx(), { plan: "team" });
  const browser = await signIn(world, customer.company.owner.email);

  const plans = await browser.get(`${hostOf(world)}/billing/plans`);
  const order = await browser.get(`${hostOf(world)}/billing/plans/team?cycle=monthly`);

  assert.match(plans.text, /Choose Team/);
  assert.doesNotMatch(plans.text, /Choose Starter/);
  assert.match(order.text, /Due now[\s\S]*\$0\.00[\s\S]*\$29\.00 on/);
  assert.match(order.text, /We&#39;ll charge your card when it ends\./);
});

Deno.test("the billing page has the history, and the invoice of a refused payment can be paid from its page", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(FAILS_LATER);
  await customer.pass(33);
  const browser = await signIn(world, customer.company.owner.email);

  const { text } = await browser.get(`${hostOf(world)}/billing`);
  const [, path] = /href="(\/billing\/invoices\/[^"]+)"/.exec(text)!;
  const invoice = await browser.get(hostOf(world) + path);

  assert.match(text, /started the Team subscription/);
  assert.match(text, /(couldn&#39;t|couldn't) charge the invoice DEMO-0002/);
  assert.match(text, /Renews after the open invoice is paid\./);
  assert.match(invoice.text, /DEMO-0002[\s\S]*Pay now/);
});

Deno.test("a change that waits is undone with one button on the billing page", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy(GOOD_CARD, { plan: "premium" });
  await orderPlan(await customer.ctx(), { plan: "team", billingCycle: "monthly" });
  const browser = await signIn(world, customer.company.owner.email);

  const before = await browser.get(`${hostOf(world)}/billing`);
  await browser.post(`${hostOf(world)}/billing/resume`);
  const after = await browser.get(`${hostOf(world)}/billing`);

  assert.match(before.text, /Changes to Team on[\s\S]*Keep Premium/);
  assert.match(after.text, /Renews on/);
});

Deno.test("403 members who may not see billing read who can", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const viewer = await world.member(customer.company, "viewer@acme.example", "viewer");
  const browser = await signIn(world, viewer.email);

  for (const path of ["/billing", "/billing/plans"]) {
    const { status, text } = await browser.get(hostOf(world) + path);
    assert.equal(status, 403, path);
    assert.match(text, /Owners and admins manage billing/, path);
  }
});

Deno.test("a form that reaches the plan's limit leads to the plans", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  for (const name of ["One", "Two", "Three"]) {
    await createProject(await customer.ctx(), { name, description: "", status: "active" });
  }
  const browser = await signIn(world, customer.company.owner.email);

  const { status, text } = await browser.post(`${hostOf(world)}/projects`, {
    name: "Four",
    status: "active",
  });

  assert.equal(status, 422);
  assert.match(text, /Your plan includes 3 projects\.[\s\S]*href="\/billing\/plans"/);
  assert.match(text, /value="Four"/);
});

Deno.test("the pricing page shows the prices of a month and of a year, and what a metric costs beyond the plan", async () => {
  await using world = await World.open();
  const apex = `http://${world.host()}`;
  const browser = world.browser();

  const monthly = await browser.get(`${apex}/pricing`);
  const yearly = await browser.get(`${apex}/pricing?cycle=yearly`);
  const unknown = await browser.get(`${apex}/pricing?cycle=weekly`);

  assert.match(monthly.text, /\$29<\/span>/);
  assert.match(yearly.text, /\$290<\/span>/);
  assert.match(unknown.text, /\$29<\/span>/);
  assert.match(monthly.text, /then \$0\.02 each/);
  assert.match(yearly.text, /12,000 for the year, then \$0\.02 each/);
  assert.match(monthly.text, /Free for 14 days, no card required/);
});

Deno.test("usage above the plan shows what it costs, and only what can't be exceeded is over the limit", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const browser = await signIn(world, customer.company.owner.email);
  const page = async () => (await browser.get(`${hostOf(world)}/billing`)).text;
  await startTrial(await customer.ctx(), { plan: "team" });
  await recordUsage(await customer.ctx(), { metric: "compute_minutes", value: 1_240 });
  const free = await page();

  await customer.buy();

  const charged = await page();
  assert.match(free, /240 above what your plan includes</);
  assert.match(charged, /240 above what your plan includes, at \$0\.02 each \(\$4\.80\)/);
  assert.doesNotMatch(charged, /you can&#39;t add more/);
});

Deno.test("who had a trial in another workspace is offered none, and is told so if they ask for one", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world, "globex");
  const acme = await world.company("acme", "Acme", customer.company.owner, "starter");
  const browser = await signIn(world, acme.owner.email);
  const offered = (await browser.get(`${hostOf(world)}/billing`)).text;
  await startTrial(await customer.ctx(), { plan: "team" });

  const asked = await browser.post(`${hostOf(world)}/billing/trial`, { plan: "team" });
  const { text } = await browser.get(`${hostOf(world)}/billing`);

  assert.match(offered, /Try Team free for 14 days/);
  assert.match(asked.text + text, /has already had a trial/);
  assert.doesNotMatch(text, /Try Team free for 14 days/);
});

Deno.test("the billing page opens if the gateway doesn't answer after a checkout", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  const browser = await signIn(world, customer.company.owner.email);
  await customer.sandbox.payCheckout(await customer.checkout(), card(GOOD_CARD));
  customer.sandbox.fetchAccount = () => Promise.reject(unavailable(problem("gateway_away", "Away."), 30));

  const { status, text } = await browser.get(`${hostOf(world)}/billing?checkout=done`);

  assert.equal(status, 200);
  assert.match(text, /Your payment isn&#39;t finished yet/);
});

Deno.test("all invoices have a page that the billing page leads to, and drafts have none", async () => {
  await using world = await World.open();
  const customer = await Customer.open(world);
  await customer.buy();
  const { id: accountId } = await customer.account();
  const [row] = await world.system.control.select().from(billingInvoices);
  const more = Array.from({ length: 30 }, (_, index) => ({
    ...row!,
    id: newId(),
    accountId,
    gatewayId: `in_${index}`,
    number: index === 0 ? null : `OLD-${index}`,
    createdAt: after(row!.createdAt, -(index + 1) * DAY),
  }));
  await world.system.control.insert(billingInvoices).values(more);
  const browser = await signIn(world, customer.company.owner.email);
  const get = (path: string) => browser.get(`${hostOf(world)}${path}`);

  const [billing, first] = [await get("/billing"), await get("/billing/invoices")];
  const next = /href="(\/billing\/invoices\?cursor=[^"]+)"/.exec(first.text)![1]!;
  const second = await get(next.replaceAll("&amp;", "&"));
  const draft = await get(`/billing/invoices/${more[0]!.id}`);

  assert.match(billing.text, /href="\/billing\/invoices"/);
  assert.doesNotMatch(first.text, /OLD-29/);
  assert.match(second.text, /OLD-29/);
  assert.equal(draft.status, 404);
});

Deno.test("what a plan has none of isn't listed with a zero", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const browser = await signIn(world, acme.owner.email);

  const pricing = await world.browser().get(`http://${world.host()}/pricing`);
  const billing = await browser.get(`${hostOf(world)}/billing`);

  assert.match(pricing.text, /10,000<\/span> contacts/);
  assert.doesNotMatch(pricing.text, />0<\/span>/);
  assert.match(billing.text, /Projects/i);
  assert.doesNotMatch(billing.text, /campaign emails/i);
});

async function signIn(world: World, email: string): Promise<Browser> {
  const browser = world.browser();
  await browser.post(`${hostOf(world)}/login`, { email, password: PASSWORD });
  return browser;
}

function hostOf(world: World): string {
  return `http://${world.host("acme")}`;
}
