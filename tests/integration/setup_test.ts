import assert from "node:assert/strict";
import { auditLog } from "../../db/tenant/schema/audit.ts";
import { createApiKey } from "../../src/api_access/api_keys.ts";
import { newApiKey } from "../../src/api_access/key_input.ts";
import { PLAN_LIST } from "../../src/billing/plans.ts";
import { SIGN_INS } from "../../src/identity/sign_in_caches.ts";
import { markEmailConfirmed } from "../../src/identity/email_verification.ts";
import {
  createProject,
  deleteProject,
  listProjects,
  PROJECT_LIST,
  updateProject,
} from "../../src/projects/projects.ts";
import { PROJECT_SAMPLES } from "../../src/projects/sample_projects.ts";
import { translatorTo } from "../../views/wording.ts";
import type { Browser } from "../support/browser.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

const english = translatorTo("en");

/**
 * Protects: a new workspace's checklist follows what people do and can be dismissed by each of them; sample data takes no room in
 * the plan, is logged, and disappears without what people made.
 */

Deno.test("the checklist of a new workspace", async (t) => {
  await using world = await World.open();
  const ada = await world.unconfirmedUser("ada@acme.example", "Ada Okafor");
  const acme = await world.company("acme", "Acme", ada);
  const { browser, host } = await signedIn(world, acme, "ada@acme.example");
  const checklist = async (by = browser) => checklistIn((await by.get(`${host}/dashboard`)).text);

  await t.step("welcomes its owner with the open steps, each leading to where it is taken", async () => {
    const { text, steps } = (await checklist())!;

    assert.match(text, /Welcome to Acme/);
    assert.match(text, /0 of 4 done/);
    assert.deepEqual(steps, {
      "Confirm your email": false,
      "Create a project": false,
      "Invite a teammate": false,
      "Create an API key": false,
    });
    assert.match(text, /action="\/verify-email\/resend"[^]*Confirm your email/);
    assert.match(text, /href="\/projects\/new"[^>]*>Create a project/);
    assert.match(text, /href="\/team\/invitations\/new"[^>]*>Invite a teammate/);
    assert.match(text, /href="\/developers\/api-keys\/new"[^>]*>Create an API key/);
  });

  await t.step("the first step is done once the address is confirmed", async () => {
    await world.system.tx((tx) => markEmailConfirmed(world.system, tx, ada));
    world.services.use(SIGN_INS).forgetUser(ada.id);

    assert.equal((await checklist())!.steps["Confirm your email"], true);
  });

  await t.step("sample projects don't count as a project, the first own one does", async () => {
    await browser.post(`${host}/dashboard/sample-data`, {});
    const before = await checklist();
    await createProject(acme.ctx, { name: "Our first", description: "", status: "active" });
    const later = await checklist();

    assert.equal(before!.steps["Create a project"], false);
    assert.equal(later!.steps["Create a project"], true);
    assert.match(later!.text, /Finish setting up[^]*2 of 4 done/);
  });

  await t.step("someone who dismisses it no longer sees it, everyone else still does", async () => {
    const grace = await world.company("globex", "Globex");
    await world.member(grace, "lin@globex.example", "admin");
    const [owner, admin] = [
      await signedIn(world, grace, grace.owner.email),
      await signedIn(world, grace, "lin@globex.example"),
    ];

    const answer = await owner.browser.post(`${owner.host}/dashboard/checklist/dismiss`, {});

    assert.match(answer.url, /\/dashboard$/);
    assert.match(answer.text, /Checklist dismissed/);
    assert.equal(checklistIn(answer.text), null);
    assert.ok(checklistIn((await admin.browser.get(`${admin.host}/dashboard`)).text));
  });

  await t.step(
    "it is gone once a teammate has joined and an API key exists, which were the last steps",
    async () => {
      await world.member(acme, "mei@acme.example", "member");
      const before = await checklist();
      const key = { name: "Deploy", permissions: ["projects:read"] };
      await createApiKey(acme.ctx, newApiKey.parse(key));

      assert.equal(before!.steps["Create an API key"], false);
      assert.equal(await checklist(), null);
    },
  );

  await t.step("people see only the steps that they can take", async () => {
    const young = await world.company("initech", "Initech");
    await world.member(young, "sam@initech.example", "member");
    await world.member(young, "vera@initech.example", "viewer");
    const [member, viewer] = [
      await signedIn(world, young, "sam@initech.example"),
      await signedIn(world, young, "vera@initech.example"),
    ];

    const seen = checklistIn((await member.browser.get(`${member.host}/dashboard`)).text);
    const nothing = checklistIn((await viewer.browser.get(`${viewer.host}/dashboard`)).text);

    assert.deepEqual(Object.keys(seen!.steps), ["Confirm your email", "Create a project"]);
    assert.equal(nothing, null);
  });
});

Deno.test("sample data", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(acme, "vera@acme.example", "viewer");
  const { browser, host } = await signedIn(world, acme, "ada@acme.example");

  await t.step("is offered to an empty workspace and added on request, marked and logged", async () => {
    const before = await browser.get(`${host}/dashboard`);
    const answer = await browser.post(`${host}/dashboard/sample-data`, {});
    const [log] = await acme.ctx.read((tx) => [tx.select().from(auditLog)]);

    assert.match(before.text, /action="\/dashboard\/sample-data"[^]*Add sample data/);
    assert.match(answer.text, /success-message[^]*Sample data was added/);
    assert.match(answer.text, />Sample<[^]*Remove sample data/);
    assert.equal((await projectsOf(acme)).length, 8);
    assert.equal(
      log.filter(({ action, actorName }) => action === "project.created" && actorName === "Ada Okafor")
        .length,
      8,
    );
  });

  await t.step("is not added twice, even at once", async () => {
    const globex = await world.company("globex");

    const added = await Promise.all([1, 2, 3].map(() => PROJECT_SAMPLES.add(globex.ctx, english)));
    await PROJECT_SAMPLES.add(acme.ctx, english);

    assert.deepEqual(added.sort(), [0, 0, 8]);
    assert.equal((await projectsOf(globex)).length, 8);
    assert.equal((await projectsOf(acme)).length, 8);
  });

  await t.step("disappears in one step, without what people created or edited", async () => {
    const [sample, edited] = await projectsOf(acme);
    await updateProject(acme.ctx, edited!.id, { description: "Now ours." });
    await updateProject(acme.ctx, sample!.id, { status: "archived" });
    await createProject(acme.ctx, { name: "Our own", description: "", status: "active" });

    const answer = await browser.post(`${host}/dashboard/sample-data/delete`, {});
    const again = await browser.post(`${host}/dashboard/sample-data/delete`, {});

    assert.match(answer.text, /Sample data was removed/);
    assert.doesNotMatch(answer.text, /Remove sample data|>Sample</);
    assert.deepEqual(
      (await projectsOf(acme)).map(({ name }) => name).sort(),
      ["Our own", edited!.name].sort(),
    );
    assert.match(again.text, /No changes to save/);
  });

  await t.step("takes no room in the plan, unless someone makes a sample their own", async () => {
    const { ctx, ...small } = await world.company("small", "Small", undefined, "starter");
    const create = (name: string) => createProject(ctx, { name, description: "", status: "active" });
    await PROJECT_SAMPLES.add(ctx, english);
    const [one, two] = await projectsOf({ ctx });
    const page = await signedIn(world, { ctx, ...small }, small.owner.email);

    await create("First");
    await create("Second");
    await updateProject(ctx, one!.id, { name: "Third, from a sample" });
    const refused = await page.browser.post(`${page.host}/projects/${two!.id}`, {
      name: "Fourth",
      description: "",
      version: "1",
    });
    await deleteProject(ctx, two!.id);
    await assert.rejects(create("Fourth"), { kind: "limit_reached", usage: { limit: 3, used: 3 } });
    await PROJECT_SAMPLES.remove(ctx);
    await deleteProject(ctx, one!.id);
    await create("Third");

    assert.equal(refused.status, 422);
    assert.match(refused.text, /value="Fourth"/);
    assert.match(refused.text, /Your plan includes 3 projects\. Remove one to make room\./);
    assert.deepEqual((await projectsOf({ ctx })).map(({ name }) => name), ["Third", "Second", "First"]);
  });

  await t.step("is not for viewers", async () => {
    const viewer = await signedIn(world, acme, "vera@acme.example");

    const added = await viewer.browser.post(`${viewer.host}/dashboard/sample-data`, {});
    const removed = await viewer.browser.post(`${viewer.host}/dashboard/sample-data/delete`, {});

    assert.deepEqual([added.status, removed.status], [403, 403]);
    assert.equal((await projectsOf(acme)).length, 2);
  });
});

Deno.test("every plan has a number of API calls", () => {
  const calls = PLAN_LIST.map(({ key, apiCallsAMonth }) => [key, apiCallsAMonth]);

  assert.deepEqual(calls, [["starter", 10_000], ["team", 500_000], ["premium", null], ["enterprise", null]]);
});

async function projectsOf({ ctx }: Pick<Company, "ctx">) {
  return (await listProjects(ctx, PROJECT_LIST.query.parse({}))).items;
}

async function signedIn(
  world: World,
  { tenant }: Company,
  email: string,
): Promise<{ browser: Browser; host: string }> {
  const browser = world.browser();
  const host = `http://${world.host(tenant.subdomain)}`;
  await browser.post(`${host}/login`, { email, password: PASSWORD });
  return { browser, host };
}

/** The checklist, and whether each step is done. Null if there is none. */
function checklistIn(html: string): { text: string; steps: Record<string, boolean> } | null {
  const text = /<section id="setup-checklist"[^]*?<\/section>/.exec(html)?.[0];
  if (!text) return null;
  const items = [...text.matchAll(/<li[^>]*>([^]*?)<\/li>/g)].map(([, item]) => item!);
  const steps = items.map((item) => {
    const words = item.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
    return [words.replace(/^Done: /, ""), words.startsWith("Done: ")] as const;
  });
  return { text, steps: Object.fromEntries(steps) };
}
