import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { projects } from "../../db/tenant/schema.ts";
import { createProject } from "../../src/projects/projects.ts";
import { send } from "../support/http.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: many tenants on few connections never see each other's data, whatever happens to a connection (S04, S05). */

Deno.test("S05 500 requests of 50 tenants, mixed on 4 connections, each see their own", async () => {
  await using world = await World.open({}, { connections: 4 });
  const companies: Company[] = [];
  for (let place = 0; place < 50; place++) companies.push(await world.company(`tenant-${place}`));
  await Promise.all(
    companies.map(({ ctx, tenant }) =>
      createProject(ctx, { name: `Of ${tenant.subdomain}`, description: "", status: "active" })
    ),
  );
  const tokens = await Promise.all(companies.map((company) => world.token(company)));

  const order = Array.from({ length: 500 }, (_, place) => (place * 37) % 50);
  const answers = await Promise.all(
    order.map((place) => world.api("GET", "/projects", { token: tokens[place] })),
  );

  answers.forEach(({ status, json }, place) => {
    assert.equal(status, 200);
    assert.deepEqual(json.data.map(({ name }: { name: string }) => name), [`Of tenant-${order[place]}`]);
  });
});

Deno.test("S05 any interleaving of reads, writes, errors and rollbacks keeps tenants apart", async () => {
  await using world = await World.open({}, { connections: 3 });
  const companies = [
    await world.company("acme"),
    await world.company("globex"),
    await world.company("initech"),
  ];
  const written = companies.map(() => 0);
  const step = fc.record({
    tenant: fc.nat({ max: 2 }),
    kind: fc.constantFrom("read", "write", "fail", "roll back", "flight"),
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
        } else {
          const rows = await ctx.tx((tx) => tx.select().from(projects));
          assert.ok(rows.every(({ name }) => name === `Of ${subdomain}`));
        }
      }));
    }),
    { numRuns: 25 },
  );

  for (const [place, { ctx }] of companies.entries()) {
    const [count] = await ctx.read((tx) => [tx.$count(projects)]);
    assert.equal(count, written[place]);
  }
});

Deno.test("S04 a request that is cut off leaves nothing for the next one on its connection", async () => {
  await using world = await World.open({}, { connections: 2 });
  const acme = await world.company("acme");
  const globex = await world.company("globex");
  await createProject(globex.ctx, { name: "Of Globex", description: "", status: "active" });
  const [acmeToken, globexToken] = [await world.token(acme), await world.token(globex)];

  for (let round = 0; round < 20; round++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: world.port });
    const lines = [
      "GET /api/v1/projects HTTP/1.1",
      `Host: ${world.host()}`,
      `Authorization: Bearer ${acmeToken}`,
      "",
      "",
    ];
    await connection.write(new TextEncoder().encode(lines.join("\r\n")));
    connection.close();
    const { json } = await world.api("GET", "/projects", { token: globexToken });
    assert.deepEqual(json.data.map(({ name }: { name: string }) => name), ["Of Globex"]);
  }
});

Deno.test("S04 a connection that is cut in the middle of a transaction ends it, and the next request is served", async () => {
  await using world = await World.open({}, { connections: 2 });
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

Deno.test("S04 a pooled connection that served one tenant serves the next as that tenant", async () => {
  await using world = await World.open({}, { connections: 2 });
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

Deno.test("an answer is never another request's answer, also on one connection of the client's", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const token = await world.token(acme);

  const answers = await Promise.all(Array.from({ length: 50 }, (_, place) =>
    send({
      port: world.port,
      host: world.host(),
      method: "POST",
      path: "/api/v1/projects",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ name: `Number ${place}` }),
    })));

  answers.forEach(({ text }, place) => assert.equal(JSON.parse(text).name, `Number ${place}`));
});
