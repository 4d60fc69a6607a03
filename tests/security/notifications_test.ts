import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { outbox } from "../../db/control/schema/outbox.ts";
import { TELL } from "../../src/notifications/notify.ts";
import { newId } from "../../src/platform/ids.ts";
import { feedOf, firstOf, runJobs, tellJoined } from "../support/notifications.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: a notification is its person's alone (S03), nothing of it is cached (S06), and a tenant's own SQL can tell only that
 * tenant's members, and only what its kinds say.
 */

Deno.test("S03 nobody reads or marks another person's notification, in the same workspace or in another", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const admin = await world.member(acme, "ann@acme.example", "admin");
  await tellJoined(world, acme, ["Ada"]);
  await runJobs(world);
  const { id } = await firstOf(world, acme.owner);

  for (const [company, email] of [[acme, admin.email], [globex, globex.owner.email]] as const) {
    const host = `http://${world.host(company.tenant.subdomain)}`;
    const browser = world.browser();
    await browser.post(`${host}/login`, { email, password: PASSWORD });
    const opened = await browser.get(`${host}/notifications/${id}`);
    const marked = await browser.post(`${host}/notifications/${id}/read`);
    await browser.post(`${host}/notifications/read`);
    const token = await world.token(company, email);
    const called = await world.api("POST", `/notifications/${id}/read`, { token });

    assert.deepEqual([opened.status, marked.status, called.status], [404, 404, 404]);
  }
  assert.equal((await feedOf(world, acme.owner))[0]!.readAt, null);
});

Deno.test("S03 a person in two workspaces sees in each only what is about it", async () => {
  await using world = await World.open();
  const ada = await world.user("ada@acme.example");
  const [acme, globex] = [
    await world.company("acme", "Acme", ada),
    await world.company("globex", "Globex", ada),
  ];
  await tellJoined(world, acme, ["Ben"]);
  await tellJoined(world, globex, ["Cleo"]);
  await runJobs(world);
  const [ofAcme] = await feedOf(world, ada);

  const list = await world.api("GET", "/notifications", { token: await world.token(globex) });
  const read = await world.api("POST", `/notifications/${ofAcme!.id}/read`, {
    token: await world.token(globex),
  });

  assert.deepEqual(list.json.data.map(({ data }: { data: { name: string } }) => data.name), ["Cleo"]);
  assert.equal(read.status, 404);
});

Deno.test("S06 no cache stores notifications", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");

  const answer = await world.api("GET", "/notifications", { token: await world.token(acme) });

  assert.equal(answer.headers["cache-control"], "no-store");
});

Deno.test("a tenant's own SQL tells only its own members, and only what a kind says", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const tell = (payload: unknown, tenantId: string = acme.tenant.id) =>
    acme.ctx.tx((tx) => {
      const job = {
        id: newId(),
        name: TELL.name,
        queue: TELL.queue,
        payload,
        tenant_id: tenantId,
        priority: 100,
        run_at: world.clock.now(),
        created_at: world.clock.now(),
      };
      return tx.execute(sql`select jobs.enqueue(${JSON.stringify([job])}::jsonb)`);
    });
  const joined = { user_id: newId(), name: "Mallory", role: "member" };

  await tell({ kind: "joined", data: joined, actorId: null });
  await tell({ kind: "announcement", data: { text: "Pay here", linkUrl: null, plans: [] }, actorId: null });
  await tell({ kind: "invited", data: { invitation_id: newId() }, actorId: null });
  await tell({ kind: "joined", data: { name: 1 }, actorId: null });
  await assert.rejects(async () =>
    await tell({ kind: "joined", data: joined, actorId: null }, globex.tenant.id)
  );
  await runJobs(world);
  const states = await world.system.control.select({ state: outbox.state }).from(outbox)
    .where(sql`name = ${TELL.name}`).orderBy(outbox.state);

  assert.deepEqual((await feedOf(world, acme.owner)).map(({ data }) => data.name), ["Mallory"]);
  assert.deepEqual(await feedOf(world, globex.owner), []);
  assert.deepEqual(states.map(({ state }) => state), ["done", "done", "failed", "failed"]);
});
