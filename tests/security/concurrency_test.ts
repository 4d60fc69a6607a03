import { sql } from "drizzle-orm";
import fc from "fast-check";
import assert from "node:assert/strict";
import { readTenant, withTenant } from "../../db/connection/with_tenant.ts";
import { provisionSchema } from "../../db/migration/provision.ts";
import { dailyMetrics } from "../../db/tenant/schema/analytics.ts";
import { projects } from "../../db/tenant/schema/projects.ts";
import { createProject } from "../../src/projects/projects.ts";
import { serverUrl } from "../support/database.ts";
import { send } from "../support/http.ts";
import { withConnection } from "../support/split_logins.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: many tenants on few connections never see each other's data, whatever happens to a connection (S04, S05). */

Deno.test("S05 500 requests of 50 tenants, mixed on 4 connections, each see their own", async () => {
  await using world = await World.open({}, { connections: 4 });
  const companies: Company[] = [];
  for (let index = 0; index < 50; index++) companies.push(await world.company(`tenant-${index}`));
  await Promise.all(
    companies.map(({ ctx, tenant }) =>
      createProject(ctx, { name: `Of ${tenant.subdomain}`, description: "", status: "active" })
    ),
  );
  const tokens: string[] = [];
  for (const company of companies) tokens.push(await world.token(company));

  const order = Array.from({ length: 500 }, (_, index) => (index * 37) % 50);
  const answers = await Promise.all(
    order.map((index) => world.api("GET", "/projects", { token: tokens[index] })),
  );

  answers.forEach(({ status, json }, index) => {
    assert.equal(status, 200);
    assert.deepEqual(json.data.map(({ name }: { name: string }) => name), [`Of tenant-${order[index]}`]);
  });
});

Deno.test("S05 tenants stay isolated in any interleaving of reads, writes, errors, rollbacks and canceled requests", async () => {
  await using world = await World.open({}, { connections: 3 });
  const companies = [
    await world.company("acme"),
    await world.company("globex"),
    await world.company("initech"),
  ];
  const tokens = await Promise.all(companies.map((company) => world.token(company)));
  const written = companies.map(() => 0);
  const step = fc.record({
    tenant: fc.nat({ max: 2 }),
    kind: fc.constantFrom("read", "write", "fail", "roll back", "flight", "request", "cancel"),
  });

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      await Promise.all(steps.map(async ({ tenant, kind }) => {
        const { ctx, tenant: { schemaName, subdomain } } = companies[tenant]!;
        if (kind === "write") {
          await createProject(ctx, { name: `Of ${subdomain}`, description: "", status: "active" });
          written[tenant]!++;
        } else if (kind === "fail") {
          await assert.rejects(ctx.tx(async (tx) => await tx.execute(sql`select 1 / 0`)));
        } else if (kind === "roll back") {
          await assert.rejects(
            ctx.tx(async (tx) => {
              await tx.delete(projects);
              throw new Error("no");
            }),
            /no/,
          );
        } else if (kind === "flight") {
          const [[who], rows] = await ctx.read((
            tx,
          ) => [tx.execute(sql`select current_user as name`), tx.select().from(projects)]);
          assert.equal(who!.name, schemaName);
          assert.ok(rows.every(({ name }) => name === `Of ${subdomain}`));
        } else if (kind === "cancel") {
          await world.canceledRequest(tokens[tenant]!);
        } else if (kind === "request") {
          const { json } = await world.api("GET", "/projects", { token: tokens[tenant] });
          assert.ok(json.data.every(({ name }: { name: string }) => name === `Of ${subdomain}`));
        } else {
          const rows = await ctx.tx((tx) => tx.select().from(projects));
          assert.ok(rows.every(({ name }) => name === `Of ${subdomain}`));
        }
      }));
    }),
    { numRuns: 25 },
  );

  for (const [index, { ctx }] of companies.entries()) {
    const [count] = await ctx.read((tx) => [tx.$count(projects)]);
    assert.equal(count, written[index]);
  }
});

Deno.test("S05 a transaction's statements stay together while connections are still being opened", async () => {
  await using world = await World.open();
  const companies = [
    await world.company("acme"),
    await world.company("globex"),
    await world.company("initech"),
  ];
  for (const { ctx, tenant } of companies) {
    await createProject(ctx, { name: `Of ${tenant.subdomain}`, description: "", status: "active" });
  }

  for (let round = 0; round < 10; round++) {
    const replica = await world.replica();
    await Promise.all(Array.from({ length: 48 }, async (_, index) => {
      const { tenant } = companies[index % 3]!;
      await new Promise((done) => setTimeout(done, index / 4));
      const answers = await readTenant(replica.db, tenant.schemaName, (tx) => [
        tx.execute(sql`select current_user as name`),
        ...Array.from({ length: 6 }, () => tx.select({ name: projects.name }).from(projects)),
      ]);
      const [[who], ...lists] = answers as unknown as [[{ name: string }], ...{ name: string }[][]];
      assert.equal(who.name, tenant.schemaName);
      for (const list of lists) assert.deepEqual(list.map(({ name }) => name), [`Of ${tenant.subdomain}`]);
    }));
    await replica.close();
  }
});

Deno.test("S04 a statement that must be prepared again is not resent in another tenant's transaction", async () => {
  await using world = await World.open({}, { connections: 3 });
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const read = ({ ctx }: Company) =>
    ctx.read((tx) => [tx.execute(sql`select value, current_user as who from daily_metrics`)]);
  for (const { ctx } of [acme, globex]) {
    await ctx.tx((tx) => tx.insert(dailyMetrics).values({ day: "2026-01-01", metric: "members", value: 1 }));
  }
  await read(acme);
  await read(globex);
  await world.asOwner(`alter table ${acme.tenant.schemaName}.daily_metrics alter column value type text`);

  for (let round = 0; round < 20; round++) {
    const order = [acme, globex, globex, acme, globex, acme];
    const outcomes = await Promise.allSettled(order.map(read));
    outcomes.forEach((outcome, index) => {
      if (outcome.status === "rejected") return;
      const [[row]] = outcome.value;
      assert.equal(row!.who, order[index]!.tenant.schemaName);
    });
  }
  assert.equal((await read(globex))[0][0]!.who, globex.tenant.schemaName);
});

Deno.test("S04 an aborted request leaves no state for the next one on its connection", async () => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await createProject(globex.ctx, { name: "Of Globex", description: "", status: "active" });
  const [acmeToken, globexToken] = [await world.token(acme), await world.token(globex)];

  for (let round = 0; round < 20; round++) {
    await world.canceledRequest(acmeToken);
    const { json } = await world.api("GET", "/projects", { token: globexToken });
    assert.deepEqual(json.data.map(({ name }: { name: string }) => name), ["Of Globex"]);
  }
});

Deno.test("S04 a connection lost during a transaction rolls it back, and the next request succeeds", async () => {
  await using world = await World.open({}, { connections: 3 });
  const acme = await world.company("acme");
  const globex = await world.company("globex");

  const cut = acme.ctx.tx(async (tx) => {
    await tx.insert(projects).values({
      id: crypto.randomUUID(),
      name: "Never there",
      ownerId: acme.owner.id,
      createdAt: world.clock.now(),
      updatedAt: world.clock.now(),
    });
    await world.cutConnections();
    await tx.select().from(projects);
  });
  await assert.rejects(cut);
  const [role, rows] = await globex.ctx.read((
    tx,
  ) => [tx.execute(sql`select current_user as name`), tx.select().from(projects)]);
  const [left] = await acme.ctx.read((tx) => [tx.$count(projects)]);

  assert.equal(role[0]!.name, globex.tenant.schemaName);
  assert.deepEqual(rows, []);
  assert.equal(left, 0);
});

Deno.test("S04 a pooled connection acts as the current tenant, whichever tenant it served before", async () => {
  await using world = await World.open({}, { connections: 3 });
  const companies = [await world.company("acme"), await world.company("globex")];

  for (let round = 0; round < 10; round++) {
    for (const { ctx, tenant } of companies) {
      const [rows] = await ctx.read((
        tx,
      ) => [tx.execute(sql`select current_user as name, current_setting('search_path') as path`)]);
      assert.deepEqual({ ...rows[0] }, { name: tenant.schemaName, path: tenant.schemaName });
    }
  }
});

Deno.test("a connection that can't use a new tenant's role yet is replaced", {
  ignore: !serverUrl, // the embedded database has only one connection
}, async () => {
  await using world = await World.open();
  const { db } = world.services;
  const { schemaName } = (await world.company("acme")).tenant;
  const [login] = await world.system.control.execute<{ name: string }>(sql`select current_user as name`);
  // Behind a pooler, the transaction may hold the only connection, so this statement connects directly.
  const run = (script: string) => withConnection(serverUrl!, (admin) => admin.unsafe(script));
  let refusals = 0;
  const afterwardsKnown = async (error: unknown) => {
    refusals++;
    await run(`grant ${schemaName} to ${login!.name}`);
    throw error;
  };
  // Since PostgreSQL 16, the login also has an admin option, which its own grant depends on.
  await run(`revoke ${schemaName} from ${login!.name} cascade`);

  const count = await withTenant(
    db,
    schemaName,
    async (tx) => await tx.$count(projects).catch(afterwardsKnown),
  );

  assert.deepEqual([count, refusals], [0, 1]);
});

Deno.test("a tenant whose connections are all in use gets 503 after a while, and is served when one is free", async () => {
  await using world = await World.open({}, { connections: 3, waitMilliseconds: 100 });
  const acme = await world.company("acme");
  const token = await world.token(acme);
  await world.api("GET", "/projects", { token });

  let release = () => {};
  const holding = acme.ctx.tx(async (tx) => {
    await tx.select().from(projects);
    await new Promise<void>((done) => release = done);
  });
  const busy = await world.api("GET", "/projects", { token });
  release();
  await holding;
  const free = await world.api("GET", "/projects", { token });

  assert.equal(busy.status, 503);
  assert.ok(Number(busy.headers["retry-after"]) > 0);
  assert.equal(free.status, 200);
});

Deno.test("when a hundred people sign up for one subdomain at once, one gets it and the others create nothing", async () => {
  await using world = await World.open();
  for (let number = 0; number < 5; number++) await provisionSchema(world.services.db); // like a server's pool of ready schemas
  const form = { "Content-Type": "application/x-www-form-urlencoded" };
  const signUp = (number: number) =>
    world.raw(
      "POST",
      world.host(),
      "/signup",
      form,
      new URLSearchParams({
        company_name: "Acme",
        subdomain: "acme",
        name: "Ada",
        email: `ada-${number}@acme.example`,
        password: "correct horse battery",
      }).toString(),
    );

  const answers = await Promise.all(Array.from({ length: 100 }, (_, number) => signUp(number)));

  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 303).length, 1);
  // A password that would wait ten seconds to be hashed gets 503.
  assert.ok(statuses.every((status) => [303, 422, 503].includes(status)), statuses.join());
  assert.deepEqual(await world.countAll(), { users: 1, tenants: 1, memberships: 1, schemas: 1, strays: 0 });
});

Deno.test("statements sent at once on one connection all get their results, with or without parameters", async () => {
  await using world = await World.open({}, { connections: 3 });
  const { control } = world.system;

  for (let round = 0; round < 50; round++) {
    const numbers = Array.from({ length: 4 }, (_, index) => round + index);
    const answers = await Promise.all(numbers.flatMap((number) => [
      control.execute<{ number: number }>(sql.raw(`select ${number} as number`)),
      control.execute<{ number: number }>(sql`select ${number}::int as number`),
    ]));
    assert.deepEqual(answers.map(([row]) => row!.number), numbers.flatMap((number) => [number, number]));
  }
});

Deno.test("no request gets another request's response, even on one client connection", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);

  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) =>
    send({
      port: world.port,
      host: world.host(),
      method: "POST",
      path: "/api/v1/projects",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name: `Number ${index}` }),
    })));

  answers.forEach(({ text }, index) => assert.equal(JSON.parse(text).name, `Number ${index}`));
});
