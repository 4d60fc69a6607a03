import assert from "node:assert/strict";
import { PLANS } from "../../src/billing/plans.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { createProject, deleteProject, PROJECT_LIMIT } from "../../src/projects/projects.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: plan limits hold, even for parallel requests (S26). */

const STARTER = PROJECT_LIMIT.included.starter!;

Deno.test("S26 of 100 parallel creates at one below the limit, exactly one succeeds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  await createProjects(acme, STARTER - 1);
  const token = await world.token(acme);

  const answers = await Promise.all(
    Array.from(
      { length: 100 },
      (_, index) => world.api("POST", "/projects", { token, body: { name: `Project ${index}` } }),
    ),
  );

  const created = answers.filter(({ status }) => status === 201);
  const refused = answers.filter(({ status }) => status === 403);
  const busy = answers.filter(({ status }) => status === 503);
  assert.equal(created.length, 1);
  assert.equal(refused.length + busy.length, 99);
  assert.equal(refused[0]!.json.type.split("/").at(-1), "limit-reached");
  assert.deepEqual([refused[0]!.json.limit, refused[0]!.json.used], [STARTER, STARTER]);
  assert.equal((await world.api("GET", "/projects", { token })).json.data.length, STARTER);
});

Deno.test("deleting frees a slot, a failed create uses none, and a new plan's limit applies immediately", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const [first] = await createProjects(acme, STARTER);

  await assert.rejects(createProjects(acme, 1), { kind: "limit_reached" });
  await deleteProject(acme.ctx, first!.id);
  await createProjects(acme, 1);
  await assert.rejects(createProjects(acme, 1), {
    message: `Your plan includes ${STARTER} projects. Delete one to make room.`,
  });
  const onTeam = { ...acme, ctx: { ...acme.ctx, tenant: { ...acme.tenant, plan: "team" as const } } };
  await createProjects(onTeam, 1);

  await assert.rejects(createProjects(acme, 1), { usage: { limit: STARTER, used: STARTER + 1 } });
});

Deno.test("every limit has a unique name and an amount for every plan", () => {
  const limits = FEATURES.flatMap((feature) => feature.limits);

  assert.equal(new Set(limits.map(({ name }) => name)).size, limits.length);
  for (const { name, included } of limits) {
    assert.deepEqual(Object.keys(included).sort(), [...PLANS].sort(), name);
  }
});

async function createProjects({ ctx }: Company, count: number) {
  const created = [];
  for (let index = 0; index < count; index++) {
    created.push(await createProject(ctx, { name: `Project ${index}`, description: "", status: "active" }));
  }
  return created;
}
