import assert from "node:assert/strict";
import { World } from "../support/world.ts";

/** Protects: /api/v1/segments keeps its contract, status by status. */

const FILTER = {
  match: "any",
  conditions: [
    { type: "tag", op: "has", value: "vip" },
    {
      type: "group",
      match: "all",
      conditions: [
        { type: "field", key: "city", op: "contains", value: "Lis" },
        { type: "event", op: "did_not", value: "ordered", days: 30 },
        { type: "field", key: "plan", op: "is_set", value: "" },
      ],
    },
  ],
};

Deno.test("segments are created, read, listed, changed and deleted", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));

  const created = await world.api("POST", "/segments", { token, body: { name: "Lisbon", filter: FILTER } });
  const path = `/segments/${created.json.id}`;
  const read = await world.api("GET", path, { token });
  const listed = await world.api("GET", "/segments?search=lis", { token });
  const changed = await world.api("PATCH", path, { token, body: { name: "Lisbon and VIPs" } });
  const stale = await world.api("PATCH", path, {
    token,
    body: { name: "Lost" },
    headers: { "If-Match": created.headers.etag as string },
  });
  const deleted = await world.api("DELETE", path, { token });
  const gone = await world.api("GET", path, { token });

  assert.equal(created.status, 201, created.text);
  assert.deepEqual(created.json.filter, FILTER);
  assert.deepEqual(read.json, created.json);
  assert.deepEqual(listed.json.data, [created.json]);
  assert.deepEqual([changed.json.name, changed.json.filter], ["Lisbon and VIPs", FILTER]);
  assert.deepEqual([stale.status, deleted.status, gone.status], [412, 204, 404]);
});

Deno.test("401, 403 and 422", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await world.member(acme, "ben@acme.example", "member");
  const small = await world.company("small", "Small", undefined, "starter");
  const token = await world.token(acme);
  const body = { name: "VIPs", filter: FILTER };

  const nobody = await world.api("POST", "/segments", { body });
  const member = await world.api("POST", "/segments", {
    body,
    token: await world.token(acme, "ben@acme.example"),
  });
  const starter = await world.api("POST", "/segments", { body, token: await world.token(small) });
  const wrong = await world.api("POST", "/segments", {
    token,
    body: { name: "", filter: { match: "all", conditions: [{ type: "tag", op: "has", value: "" }] } },
  });

  assert.deepEqual([nobody.status, member.status, starter.status, wrong.status], [401, 403, 403, 422]);
  assert.deepEqual(wrong.json.errors.map(({ field }: { field: string }) => field), [
    "name",
    "filter.conditions.0.value",
  ]);
});
