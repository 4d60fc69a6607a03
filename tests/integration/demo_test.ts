import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { PASSWORD, refuseInProduction } from "../../cli/demo/companies.ts";
import { seedDemo } from "../../cli/demo/demo.ts";
import { seed } from "../../cli/seed.ts";
import { users } from "../../db/control/schema/users.ts";
import { systemActor } from "../../src/access/actor.ts";
import { systemContext } from "../../src/context.ts";
import { after, DAY, HOUR } from "../../src/platform/clock.ts";
import { newId, timeOfId } from "../../src/platform/ids.ts";
import { deleteTenant } from "../../src/tenancy/deletion.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { World } from "../support/world.ts";

/** Protects: `deno task demo` shows a product in use, the same each time, and running it again changes nothing. */

/** Its time, and the number of the id. */
const WITHOUT_RANDOM_DIGITS = /^[\da-f]{8}-[\da-f]{4}-7000-8000-[\da-f]{2}0{10}$/;

Deno.test("the demo", async (t) => {
  await using world = await World.open();
  const now = world.clock.now();
  const seedIt = () => seedDemo(world.config, world.services.db, now);

  await t.step("refuses to run in production, like the sample companies", async () => {
    const services = await world.replica({ environment: "production" });

    await assert.rejects(
      seed(systemContext(services, systemActor("test"), newId())),
      /aren't for production/,
    );
    assert.throws(() => refuseInProduction(services.config), /aren't for production/);
    await services.close();
  });

  await t.step("starts over after an interruption, but keeps what others have", async () => {
    await world.company("northwind", "Begun", await world.user("imogen@northwind.example"));
    const other = await world.company("acme");
    await assert.rejects(seedDemo(world.config, world.services.db, now), /Another workspace has the address/);
    await deleteTenant(world.system, other.tenant.id);
    await world.system.control.delete(users).where(eq(users.id, other.owner.id));
  });

  await t.step("adds three workspaces of different plans, with the same ids each time", async () => {
    const steps: [done: number, total: number][] = [];
    const signIns = await seedDemo(world.config, world.services.db, now, (...step) => steps.push(step));

    assert.deepEqual(signIns.map(({ workspace, plan }) => [workspace, plan]), [
      ["Northwind", "premium"],
      ["Harbor & Pine", "team"],
      ["Kestrel Cycles", "starter"],
    ]);
    const { id, plan } = (await world.services.use(TENANTS).findBySubdomain("northwind"))!;
    assert.match(id, WITHOUT_RANDOM_DIGITS);
    assert.deepEqual([timeOfId(id), plan], [after(now, -90 * DAY), "premium"]);
    assert.deepEqual(steps.at(-1), [steps.length, steps.length], "progress ends with all steps");
  });

  await t.step("changes nothing when it runs again, also later", async () => {
    const before = await world.countAll();

    await seedIt();
    await seedDemo(world.config, world.services.db, new Date(now.getTime() + HOUR));

    assert.deepEqual(await world.countAll(), before);
  });

  await t.step(
    "has people, projects, events, invoices, failing webhooks, campaigns and notifications to show",
    async () => {
      const browser = world.browser();
      const host = `http://${world.host("northwind")}`;
      await browser.post(`${host}/login`, { email: "imogen@northwind.example", password: PASSWORD });
      const textOf = async (path: string) =>
        (await browser.get(host + path)).text.replace(/<[^>]*>|\s+/g, " ");

      assert.match(await textOf("/team"), /1–8 of 8/);
      assert.match(await textOf("/projects"), /Spring collection/);
      assert.match(await textOf("/billing"), /Premium[^]*DEMO-0003[^]*Paid[^]*Visa ending in 4242/);
      assert.match(await textOf("/analytics"), /Events +2,\d\d\d[^]*page_viewed/);
      assert.match(await textOf("/developers/webhooks"), /\d+ delivered[^]*3 waiting[^]*Failing/);
      assert.match(await textOf("/campaigns"), /New bench[^]*Sent +237/);
      assert.match(await textOf("/sequences"), /Welcome new customers[^]*21/);
      assert.match(await textOf("/contacts"), /of 246/);
      assert.match(await textOf("/notifications"), /Unread +3/);
      assert.match(await textOf("/dashboard"), /API calls this month/);
    },
  );

  await t.step("sends nothing of its story once a server runs", async () => {
    const rows = await world.system.control.execute<{ queue: string }>(
      "select queue from control.outbox where queue in ('email', 'webhooks') and tenant_id is not null",
    );

    assert.equal(rows.length, 0);
  });
});
