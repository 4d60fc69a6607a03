import assert from "node:assert/strict";
import { createProject } from "../../src/projects/projects.ts";
import { OPERATIONS } from "../support/contract.ts";
import { World } from "../support/world.ts";

/** Protects: no parameter of a list is SQL (S28), and pages stay exact while rows come and go (S66). */

const INJECTIONS = [
  "' or '1'='1",
  "'; drop table projects; --",
  "name desc; select pg_sleep(5)",
  "1) union select * from control.users --",
  "$1",
  "\\' or 1=1 --",
  "name,(select password_hash from control.users limit 1)",
  "active' and pg_sleep(5) is null --",
];

/** Values of parameters without which an operation refuses a request before it reads the others. */
const REQUIRED: Record<string, string> = { event: "signed_up", property: "plan", steps: "signed_up,paid" };

Deno.test("S28 SQL in any parameter of any list finds nothing and changes nothing", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  await createProject(company.ctx, { name: "Apollo", description: "", status: "active" });
  const tokens = [await world.token(company), await world.accountToken(company.owner.email)];
  const before = await world.countAll();
  const lists = OPERATIONS.filter(({ method, parameters = [] }) =>
    method === "GET" && parameters.some(({ in: place }) => place === "query")
  );
  assert.ok(lists.length >= 6);

  for (const { path, parameters = [] } of lists) {
    const token = tokens[path.startsWith("/me") || path === "/tenants" ? 1 : 0]!;
    const given = parameters.filter((parameter) => parameter.in === "query");
    const required = given.filter((parameter) => parameter.required).map((
      { name },
    ) => [name, REQUIRED[name]!]);
    await t.step(`${path} takes its required parameters`, async () => {
      const { status } = await world.api("GET", `${path}?${new URLSearchParams(required)}`, { token });
      assert.equal(status, 200);
    });
    for (const { name } of given) {
      await t.step(`${name} of ${path}`, async () => {
        for (const injection of INJECTIONS) {
          const query = new URLSearchParams(required);
          query.set(name, injection);
          const answer = await world.api("GET", `${path}?${query}`, { token });
          const found = answer.status === 200 ? foundIn(answer.json) : [];

          assert.ok([200, 422].includes(answer.status), `${answer.status}: ${injection}`);
          assert.deepEqual(found, [], injection);
        }
      });
    }
  }
  await t.step("an unknown parameter, and everything afterward", async () => {
    const answer = await world.api("GET", `/projects?${encodeURIComponent(INJECTIONS[1]!)}=1`, {
      token: tokens[0]!,
    });
    assert.equal(answer.json.data.length, 1);
    assert.deepEqual(await world.countAll(), before);
  });
});

type Found = { data?: unknown[]; values?: unknown[]; steps?: { people: number }[] };

/** The items of a list, the values of a property, or the steps of a funnel that someone reached. */
function foundIn({ data, values, steps }: Found): unknown[] {
  return data ?? values ?? steps!.filter(({ people }) => people > 0);
}

Deno.test("S66 105 projects of one time come once each, while others are deleted and changed", async () => {
  await using world = await World.open();
  const company = await world.company("acme");
  const token = await world.token(company);
  const ids: string[] = [];
  for (let number = 0; number < 105; number++) {
    const project = { name: `Project ${number}`, description: "", status: "active" as const };
    ids.push((await createProject(company.ctx, project)).id);
  }
  const seen: string[] = [];
  const touched = new Set<string>();

  for (let cursor: string | null = ""; cursor !== null;) {
    const after: string = cursor && `&cursor=${cursor}`;
    const { json } = await world.api("GET", `/projects?sort=created_at&limit=20${after}`, { token });
    seen.push(...json.data.map(({ id }: { id: string }) => id));
    const [toDelete, toChange] = ids.filter((id) => !seen.includes(id) && !touched.has(id)).slice(-2);
    for (const id of [toDelete, toChange]) if (id) touched.add(id);
    if (toDelete) await world.api("DELETE", `/projects/${toDelete}`, { token });
    if (toChange) await world.api("PATCH", `/projects/${toChange}`, { token, body: { name: "Changed" } });
    cursor = json.next_cursor;
  }

  const unchanged = ids.filter((id) => !touched.has(id));
  assert.deepEqual(seen.filter((id) => !touched.has(id)).sort(), unchanged.sort());
  assert.equal(new Set(seen).size, seen.length);
});
