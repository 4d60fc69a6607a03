import assert from "node:assert/strict";
import { SEATS } from "../../src/access/seats.ts";
import { PLANS } from "../../src/billing/plans.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { createMember } from "../../src/identity/new_members.ts";
import { createProject, deleteProject, PROJECT_LIMIT } from "../../src/projects/projects.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: plan limits hold, even for parallel requests (S26). */

const STARTER = PROJECT_LIMIT.included.starter!;
const TEAM = PROJECT_LIMIT.included.team!;

Deno.test("S26 of 100 parallel creates at one below the limit, exactly one succeeds", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "team");
  await createProjects(acme, TEAM - 1);
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
  assert.deepEqual([refused[0]!.json.limit, refused[0]!.json.used], [TEAM, TEAM]);
  assert.equal((await world.api("GET", "/projects", { token })).json.data.length, TEAM);
});

Deno.test("deleting frees a slot, a failed create uses none, and a new plan's limit applies immediately", async () => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const [first] = await createProjects(acme, STARTER);

  await assert.rejects(createProjects(acme, 1), { kind: "limit_reached" });
  await deleteProject(acme.ctx, first!.id);
  await createProjects(acme, 1);
  await assert.rejects(createProjects(acme, 1), {
    message: `Your plan includes ${STARTER} projects. Remove one to make room.`,
  });
  const onTeam = { ...acme, ctx: { ...acme.ctx, tenant: { ...acme.tenant, plan: "team" as const } } };
  await createProjects(onTeam, 1);

  await assert.rejects(createProjects(acme, 1), { usage: { limit: STARTER, used: STARTER + 1 } });
});

Deno.test("S26 parallel additions of members take the plan's seats and no more, and a member who leaves frees one", async () => {
  await using world = await World.open({}, { connections: 24 });
  const acme = await world.company("acme", "Acme", undefined, "starter");
  const seats = SEATS.included.starter!;

  const added = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => addMember(acme, index)));
  const [member] = added.flatMap((answer) => answer.status === "fulfilled" ? [answer.value] : []);
  const refusals = added.flatMap((answer) => answer.status === "rejected" ? [answer.reason] : []);
  const counted = await world.countAll();

  assert.equal(refusals.length, 8 - (seats - 1));
  for (const { kind, usage, message } of refusals) {
    assert.deepEqual([kind, usage], ["limit_reached", { limit: seats, used: seats }]);
    assert.equal(message, `Your plan includes ${seats} members. Remove one to make room.`);
  }
  assert.deepEqual([counted.memberships, counted.users], [seats, seats]);
  await assert.rejects(addMember(acme, member!.email), { kind: "conflict" });
  await world.removeMember(acme, member!);
  await addMember(acme, "late@acme.example");
});

Deno.test("every limit has a unique name and an amount for every plan", () => {
  const limits = FEATURES.flatMap((feature) => feature.limits);

  assert.equal(new Set(limits.map(({ name }) => name)).size, limits.length);
  for (const { name, included } of limits) {
    assert.deepEqual(Object.keys(included).sort(), [...PLANS].sort(), name);
  }
});

function addMember({ ctx }: Company, who: number | string) {
  const email = typeof who === "string" ? who : `person${who}@acme.example`;
  return createMember(ctx, { email, name: "Someone", role: "member" }, { invite: false });
}

async function createProjects({ ctx }: Company, count: number) {
  const created = [];
  for (let index = 0; index < count; index++) {
    created.push(await createProject(ctx, { name: `Project ${index}`, description: "", status: "active" }));
  }
  return created;
}
