import assert from "node:assert/strict";
import fc from "fast-check";
import { eq } from "drizzle-orm";
import { flags } from "../../db/control/schema/flags.ts";
import { tenants } from "../../db/control/schema/tenants.ts";
import { systemActor } from "../../src/access/actor.ts";
import { isOn, reachOfFlags } from "../../src/flags/flags.ts";
import { matches, type Rule, shareOf } from "../../src/flags/rule.ts";
import { newId } from "../../src/platform/ids.ts";
import { SAMPLE_DATA } from "../../src/setup/sample_data.ts";
import type { TenantId } from "../../src/tenancy/tenant.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: staff turn a part of the product on for some workspaces, and a workspace's place in a percentage never changes. */

Deno.test("staff turn a flag off for one workspace, and its dashboard follows", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  const admin = `http://${world.host()}/admin/flags`;
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const offers = async (name: "acme" | "globex") => {
    const browser = world.browser();
    const owner = name === "acme" ? acme.owner : globex.owner;
    await browser.post(`http://${world.host(name)}/login`, { email: owner.email, password: PASSWORD });
    return (await browser.get(`http://${world.host(name)}/dashboard`)).text.includes(
      "/dashboard/sample-data",
    );
  };

  const before = await offers("acme");
  const list = await staff.get(admin);
  const wrong = await staff.post(`${admin}/sample_data`, { percentage: "101", off_for: "nobody" });
  const empty = await staff.post(`${admin}/sample_data`, { percentage: "" });
  const unknown = await staff.post(`${admin}/sample_data`, { percentage: "100", off_for: "nobody" });
  const saved = await staff.post(`${admin}/sample_data`, { percentage: "100", off_for: "Acme" });
  const page = await staff.get(`${admin}/sample_data`);
  const [acmeNow, globexNow] = [await offers("acme"), await offers("globex")];
  const owner = await world.signedInBrowser(acme.owner.email);
  await owner.get(`http://${world.host()}/workspaces/${acme.tenant.id}`);
  const refused = await owner.post(`http://${world.host("acme")}/dashboard/sample-data`);
  const log = await staff.get(`http://${world.host()}/admin/audit`);
  await staff.post(`${admin}/sample_data/reset`);

  assert.equal(before, true);
  assert.match(list.text, /sample_data[^]*On for 2 of 2 workspaces[^]*By default/);
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /Enter a whole number from 0 to 100/);
  assert.equal(empty.status, 422);
  assert.equal(unknown.status, 422);
  assert.match(unknown.text, /No workspace has the address nobody/);
  assert.match(saved.text, /On for 1 of 2 workspaces[^]*Changed/);
  assert.match(page.text, /<textarea id="off-for"[^>]*>acme</);
  assert.deepEqual([acmeNow, globexNow], [false, true]);
  assert.equal(refused.status, 403);
  assert.match(log.text, /changed the feature flag[^]*sample_data/);
  assert.equal(await offers("acme"), true);
});

Deno.test("a flag that the code no longer declares can be removed", async () => {
  await using world = await World.open();
  await world.staff("grace@denizen.example");
  const staff = await world.signedInBrowser("grace@denizen.example");
  const rule = { percentage: 50, plans: [], onFor: [], offFor: [], updatedAt: world.clock.now() };
  await world.system.control.insert(flags).values({ name: "old_editor", ...rule });
  const admin = `http://${world.host()}/admin/flags`;

  const page = await staff.get(`${admin}/old_editor`);
  const changed = await staff.post(`${admin}/old_editor`, { percentage: "10" });
  const removed = await staff.post(`${admin}/old_editor/reset`);

  assert.match(page.text, /no longer declares this flag/);
  assert.equal(changed.status, 404);
  assert.doesNotMatch(removed.text, /href="\/admin\/flags\/old_editor"/);
});

Deno.test("the lists come before the plan, and the plan before the percentage", async () => {
  await using world = await World.open();
  const { ctx } = await world.company("acme", "Acme", undefined, "starter");
  const { id } = ctx.tenant;
  const none: Rule = { percentage: 0, plans: [], onFor: [], offFor: [] };
  const on = (rule: Partial<Rule>) => matches("any", { ...none, ...rule }, ctx.tenant);

  assert.equal(await isOn(ctx, SAMPLE_DATA), true);
  assert.deepEqual(
    [
      on({}),
      on({ percentage: 100 }),
      on({ plans: ["starter"] }),
      on({ plans: ["team"] }),
      on({ onFor: [id] }),
    ],
    [false, true, true, false, true],
  );
  assert.equal(on({ percentage: 100, plans: ["starter"], onFor: [id], offFor: [id] }), false);
});

Deno.test("the list's figures count the workspaces that isOn would turn on", async () => {
  await using world = await World.open();
  const companies = [];
  for (
    const [index, plan] of (["starter", "team", "premium", "starter", "team", "starter"] as const).entries()
  ) {
    companies.push(await world.company(`acme${index}`, "Acme", undefined, plan));
  }
  const [first, second, third] = companies.map(({ tenant }) => tenant.id);
  await world.system.control.update(tenants).set({ status: "deleting" }).where(eq(tenants.id, third!));
  const existing = companies.filter(({ tenant }) => tenant.id !== third).map(({ ctx }) => ctx.tenant);
  const rules: Rule[] = [
    { percentage: 0, plans: [], onFor: [], offFor: [] },
    { percentage: 100, plans: [], onFor: [], offFor: [first!] },
    { percentage: 0, plans: ["team"], onFor: [first!], offFor: [second!] },
    ...[20, 40, 60, 80].map((percentage) => ({ percentage, plans: ["premium"], onFor: [], offFor: [] })),
  ];
  const updatedAt = world.clock.now();
  const staff = { ...world.system, actor: systemActor("test") };

  for (const rule of rules) {
    await world.system.control.delete(flags);
    await world.system.control.insert(flags).values({
      name: SAMPLE_DATA.name,
      ...rule,
      plans: [...rule.plans],
      onFor: rule.onFor as TenantId[],
      offFor: rule.offFor as TenantId[],
      updatedAt,
    });
    const on = existing.filter((tenant) => matches(SAMPLE_DATA.name, rule, tenant)).length;

    assert.deepEqual((await reachOfFlags(staff)).get(SAMPLE_DATA.name), { on, all: 5 }, JSON.stringify(rule));
  }
});

Deno.test("a percentage turns on about that share, and a higher one only adds workspaces", () => {
  const ids = Array.from({ length: 4_000 }, () => newId());
  const share = ids.filter((id) => shareOf("new_editor", id) < 25).length / ids.length;

  assert.ok(share > 0.22 && share < 0.28, `${share}`);
  // A different hash would move every workspace.
  assert.deepEqual(
    ["new_editor", "other"].map((name) => shareOf(name, "0198c0de-0000-7000-8000-000000000000").toFixed(3)),
    ["59.479", "99.714"],
  );
  fc.assert(fc.property(fc.uuid(), fc.string(), fc.nat(100), fc.nat(100), (id, name, one, other) => {
    const isOnAt = (percentage: number) =>
      matches(name, { percentage, plans: [], onFor: [], offFor: [] }, { id: id as TenantId, plan: "team" });
    const [less, more] = one < other ? [one, other] : [other, one];
    return (!isOnAt(less) || isOnAt(more)) && !isOnAt(0) && isOnAt(100);
  }));
});
