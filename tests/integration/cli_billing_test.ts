import assert from "node:assert/strict";
import { SETTINGS } from "../../src/config/settings.ts";
import { Customer } from "../support/billing.ts";
import { serverUrl } from "../support/database.ts";
import { cli } from "../support/process.ts";
import { S3Double } from "../support/s3_double.ts";
import { World } from "../support/world.ts";

/**
 * Protects: an operator sees and changes a tenant's plan, trial and subscription, and lists backups, from the command line. Needs a
 * server, which two processes can share.
 */

Deno.test({ name: "billing, upgrades, overrides and stored backups", ignore: !serverUrl, fn: administer });

async function administer(t: Deno.TestContext): Promise<void> {
  await using world = await World.open();
  await using s3 = new S3Double();
  world.clock.advance(Date.now() - world.clock.now().getTime()); // the processes take the machine's time
  const customer = await Customer.open(world, "acme");
  await world.company("globex", undefined, undefined, "team");
  const bucket = { ...s3.variables, BACKUP_AGE_RECIPIENT: SETTINGS.backupAgeRecipient.example! };
  const run = (...args: string[]) => cli({ ...world.variables, ...bucket, USER: "ada" }, ...args);
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, "--json");
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };

  await t.step("a plan that was given at the start is shown", async () => {
    const { plan, access, source } = await json("billing", "show", "globex");

    assert.deepEqual({ plan, access, source }, { plan: "team", access: "full", source: "none" });
  });

  await t.step("a tenant gets a plan until a day, and loses it again", async () => {
    await json("tenants", "upgrade", "acme", "enterprise", "--until", "2099-12-31");
    const given = await json("billing", "show", "acme");
    await json("tenants", "upgrade", "acme", "starter");
    const wrong = await run("tenants", "upgrade", "acme", "gold");

    assert.deepEqual([given.plan, given.source, given.plan_until], [
      "enterprise",
      "grant",
      "2099-12-31T00:00:00.000Z",
    ]);
    assert.equal(await customer.plan(), "starter");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /Use one of: starter, team, premium, enterprise/);
  });

  await t.step("a tenant gets another limit, and a limit that doesn't exist is refused", async () => {
    await json("tenants", "override", "acme", "projects", "800");
    const unknown = await run("tenants", "override", "acme", "rockets", "3");

    world.services.forgetTenant(customer.company.tenant.id);
    const feature = await world.api("GET", "/features/projects", {
      token: await world.token(customer.company),
    });
    assert.equal(feature.json.limit, 800);
    assert.notEqual(unknown.code, 0);
    assert.match(unknown.stderr, /There is no limit, metric or plan feature with this name/);
  });

  await t.step("a subscription is synced, and the sandbox's clock moves", async () => {
    const early = await run("billing", "advance", "acme", "--days", "31");
    await customer.buy();
    const shown = await json("billing", "show", "acme");
    const synced = await json("billing", "sync", "acme");
    const moved = await json("billing", "advance", "acme", "--days", "31");
    const counts = await json("billing", "reconcile");
    const wrong = await run("billing", "advance", "acme", "--days", "0");

    assert.match(early.stderr, /Open a checkout first/);
    assert.deepEqual([early.code, wrong.code], [1, 2]);
    assert.deepEqual([shown.plan, shown.source, shown.status], ["team", "subscription", "active"]);
    assert.equal(synced.current_period_end, shown.current_period_end);
    assert.ok(moved.at(-1).current_period_end > shown.current_period_end);
    assert.deepEqual(counts, { synced: 1, failed: 0 });
  });

  await t.step("a trial ends later, and only a trial", async () => {
    const { code, stderr } = await run("billing", "extend-trial", "globex", "--days", "14");

    assert.equal(code, 1);
    assert.match(stderr, /no billing account|never had a trial/);
  });

  await t.step("stored backups are listed, or the command says where they would be", async () => {
    const nowhere = await cli(world.variables, "db", "backups");

    assert.deepEqual(await json("db", "backups"), []);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /BACKUP_BUCKET_URL/);
  });

  await t.step("what was done is in the audit logs, as the CLI's", async () => {
    const lines = await json("audit", "list", "--tenant-id", "acme");

    const byCli = lines.filter(({ actor }: { actor: string }) => actor === "cli:ada");
    assert.ok(byCli.length >= 3, JSON.stringify(lines));
  });
}
