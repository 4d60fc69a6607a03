import assert from "node:assert/strict";
import { MINUTE } from "../../src/platform/clock.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/audit-log keeps its contract, status by status. */

Deno.test("/audit-log", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  const mei = await world.member(acme, "mei@acme.example", "admin");
  const [token, hers] = [await world.token(acme), await world.token(acme, mei.email)];
  world.clock.advance(MINUTE);
  const created = await world.api("POST", "/projects", { token, body: { name: "Apollo" } });
  world.clock.advance(MINUTE);
  const { json: project } = created;
  const patched = await world.api("PATCH", `/projects/${project.id}`, {
    token: hers,
    body: { name: "Gemini" },
  });
  const list = async (query: string) => {
    const { status, json } = await world.api("GET", `/audit-log?${query}`, { token });
    return status === 200 ? json.data.map((entry: { sequence: number }) => entry.sequence) : status;
  };

  await t.step("200: an entry says who did what, from where, and what it changed", async () => {
    const { status, json } = await world.api("GET", "/audit-log", { token });

    const [entry] = json.data;
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(json), ["data", "next_cursor"]);
    assert.deepEqual(entry, {
      id: entry.id,
      sequence: 3,
      at: "2026-03-02T09:02:00.000Z",
      action: "project.updated",
      actor: { type: "member", id: mei.id, name: "mei", staff: null, key: null },
      subject: { type: "project", id: project.id, name: "Gemini" },
      changes: [{ field: "name", before: "Apollo", after: "Gemini" }],
      details: {},
      ip_address: "127.0.0.1",
      request_id: patched.headers["x-request-id"],
    });
    assert.deepEqual(json.data.map(({ actor }: { actor: { type: string } }) => actor.type), [
      "member",
      "member",
      "system",
    ]);
  });

  await t.step("200: actor, action, subject, since and until narrow the list", async () => {
    assert.deepEqual(await list(`actor=${acme.owner.id}`), [2]);
    assert.deepEqual(await list("actor=system"), [1]);
    assert.deepEqual(await list("action=project.updated"), [3]);
    assert.deepEqual(await list(`subject=${project.id}`), [3, 2]);
    assert.deepEqual(await list("since=2026-03-02T09:01:00Z"), [3, 2]);
    assert.deepEqual(await list("since=2026-03-02T11:01:00%2B02:00&until=2026-03-02T09:01:00Z"), [2]);
    assert.deepEqual(await list("until=2026-03-01"), []);
    assert.deepEqual(await list("sort=at"), [1, 2, 3]);
  });

  await t.step("200: the cursor goes on", async () => {
    const first = await world.api("GET", "/audit-log?limit=2", { token });

    assert.deepEqual(await list(`limit=2&cursor=${first.json.next_cursor}`), [1]);
  });

  await t.step("401 without a token, 403 for a member", async () => {
    const viewer = await world.member(acme, "viewer@acme.example", "viewer");

    assert.equal((await world.api("GET", "/audit-log")).status, 401);
    assert.equal(
      (await world.api("GET", "/audit-log", { token: await world.token(acme, viewer.email) })).status,
      403,
    );
  });

  await t.step("422 for what is no filter's value, and for a cursor of another filter", async () => {
    const { json } = await world.api("GET", "/audit-log?limit=1", { token });

    for (const query of ["actor=mei", "action=x", "subject=x", "since=yesterday", "until=2026-02-30"]) {
      assert.equal(await list(query), 422, query);
    }
    assert.equal(await list(`action=project.created&cursor=${json.next_cursor}`), 422);
  });
});
