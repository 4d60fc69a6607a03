import assert from "node:assert/strict";
import { type CodeBlock, copyCode } from "../../deploy/scripts/docs_code.ts";
import type { Job } from "../../src/outbox/job.ts";
import { createProject, newProject } from "../../src/projects/projects.ts";
import { newSecret, sign } from "../../src/webhooks/signature.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, World } from "../support/world.ts";

/**
 * Protects: the TypeScript in the guides does what the guides say. `deno task check` checks its types, and generator_test.ts adds a
 * page as its guide says.
 */

// deno-lint-ignore no-explicit-any -- what the code of a guide exports
type Exports = any;

/** The code of the guides. A function that it only declares is one of the reader's, and comes from `theirs`. */
class GuideCode implements AsyncDisposable {
  readonly loaded = new Set<CodeBlock>();

  private constructor(readonly folder: string, readonly blocks: CodeBlock[]) {}

  static async copy(): Promise<GuideCode> {
    const { folder, blocks } = await copyCode();
    return new GuideCode(folder, blocks);
  }

  /** Runs the block at `path` on a page, with what it declares, and returns what it exports. */
  async load(
    page: string,
    path: string,
    theirs: object = {},
    edit = (code: string) => code,
  ): Promise<Exports> {
    const block = this.blocks.find((each) => each.page === page && each.path === path);
    assert.ok(block, `${page} has no ${path}`);
    this.loaded.add(block);
    Object.assign(globalThis, theirs);
    await Deno.writeTextFile(block.copy, edit(await Deno.readTextFile(block.copy)));
    return await import(block.copy);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("the TypeScript in the guides does what they say", async (t) => {
  await using world = await World.open();
  await using code = await GuideCode.copy();
  const acme = await world.company("acme");
  const starter = await world.company("small", "Small", undefined, "starter");
  const project = await createProject(acme.ctx, newProject.parse({ name: "Website relaunch" }));
  const run = async (...jobs: Job[]) => {
    await using worker = await startWorker(world, "kv", { jobs });
    await worker.idle();
  };

  await t.step("docs/build/README.md meters, records events, and asks a flag", async () => {
    const page = "docs/build/README.md";
    const { RENDERED_PAGES } = await code.load(page, "src/reports/meters.ts");
    const { countPages } = await code.load(page, "src/reports/rendering.ts");
    const { recordDownload } = await code.load(page, "src/reports/downloads.ts");
    const { editorOf } = await code.load(page, "src/projects/editor.ts");

    await countPages(acme.ctx, 3);
    await recordDownload(acme.ctx, "pdf");

    assert.equal(RENDERED_PAGES.key, "rendered_pages");
    await assert.rejects(countPages(starter.ctx, 101), /Rendered pages|rendered pages/);
    assert.equal(await editorOf(acme.ctx), "former");
    const { json } = await world.api("GET", "/analytics/report?start=2026-03-02&end=2026-03-02", {
      token: await world.token(acme),
    });
    assert.equal(json.totals.events, 1);
  });

  await t.step("docs/build/add-a-job.md runs a job, and one for each workspace", async () => {
    const page = "docs/build/add-a-job.md";
    const [summaries, cleaned]: [string[], string[]] = [[], []];
    const theirs = {
      storeSummary: (name: string) => Promise.resolve(summaries.push(name)),
      deleteOldDrafts: (id: string) => Promise.resolve(cleaned.push(id)),
    };
    const { SUMMARIZE } = await code.load(page, "src/projects/jobs.ts", theirs);
    const { summarizeLater } = await code.load(page, "src/projects/summaries.ts");
    const { CLEAN_UP } = await code.load(page, "src/projects/clean_up.ts");
    const { CLEAN_UP_SCHEDULE } = await code.load(page, "src/projects/schedules.ts");
    const { job, payload, cron } = CLEAN_UP_SCHEDULE;

    await summarizeLater(acme.ctx, project.id);
    await run(SUMMARIZE);
    await job.run({ system: world.system, tenant: null }, payload(world.clock.now()));
    await run(CLEAN_UP);

    assert.match(cron, /^15 2 /);
    assert.deepEqual(summaries, [project.name]);
    assert.deepEqual(cleaned.sort(), [acme.tenant.id, starter.tenant.id].sort());
  });

  await t.step("docs/build/add-an-email.md sends the email", async () => {
    const page = "docs/build/add-an-email.md";
    await code.load(page, "views/emails/project_digest.tsx");
    const { PROJECT_DIGEST } = await code.load(page, "src/projects/emails.ts");
    const { sendDigest } = await code.load(page, "src/projects/digests.ts");

    await sendDigest(acme.ctx, acme.owner.id);
    await run(PROJECT_DIGEST.job);

    const [email] = await world.emails(acme.owner.email);
    assert.equal(email!.subject, "Your week");
    assert.match(email!.text, /Your workspace has 1 projects\./);
  });

  await t.step("docs/build/add-an-event.md publishes the event", async () => {
    const { recordPin } = await code.load("docs/build/add-an-event.md", "src/projects/pins.ts");

    await acme.ctx.tx((tx) => recordPin(acme.ctx, tx, project));

    const { json } = await world.api("GET", "/audit-log", { token: await world.token(acme) });
    assert.ok(json.data.some(({ action }: { action: string }) => action === "project.pinned"));
  });

  await t.step("docs/build/add-a-plan.md has a version of a plan, a limit, and a paid feature", async () => {
    const page = "docs/build/add-a-plan.md";
    const { TEAM_2 } = await code.load(page, "src/billing/team_version.ts");
    await code.load(page, "src/projects/limits.ts");
    const { addTemplate } = await code.load(page, "src/projects/templates.ts");
    const { openTimeline } = await code.load(page, "src/projects/plan_features.ts");

    await addTemplate(starter.ctx);

    assert.deepEqual([TEAM_2.key, TEAM_2.version], ["team", 2]);
    await assert.rejects(addTemplate(starter.ctx), /template/);
    openTimeline(acme.ctx);
    assert.throws(() => openTimeline(starter.ctx), /Timelines/);
  });

  await t.step("docs/build/add-a-setting.md parses and refuses values", async () => {
    const { EXAMPLE } = await code.load("docs/build/add-a-setting.md", "src/config/example.ts");

    assert.equal(EXAMPLE.uploadLimit.parse.parse("25"), 25);
    assert.ok(!EXAMPLE.uploadLimit.parse.safeParse("101").success);
  });

  await t.step("CONTRIBUTING.md declares routes with larger bodies", async () => {
    const { default: pages } = await code.load("CONTRIBUTING.md", "routes/app/uploads.ts");
    const paths = pages.routes.map(({ path }: { path: string }) => path);

    assert.deepEqual([...new Set(paths)], ["/logo", "/imports"]);
  });

  await t.step("docs/api/webhooks.md takes signed requests, and no others", async () => {
    const secret = newSecret();
    const taken: unknown[] = [];
    Deno.env.set("WEBHOOK_SECRET", secret);
    const { handle } = await code.load("docs/api/webhooks.md", nameOf("docs/api/webhooks.md", 1), {
      enqueue: (id: string, event: unknown) => Promise.resolve(taken.push([id, event])),
    });
    Deno.env.delete("WEBHOOK_SECRET");
    const event = { type: "project.created", timestamp: "2026-03-02T09:00:00.000Z", data: {} };
    const answer = async (signedWith: string) => {
      const [id, timestamp, body] = ["1", Math.floor(Date.now() / 1_000), JSON.stringify(event)];
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": sign({ id, timestamp, body }, [signedWith]),
      };
      const request = new Request("https://example.com/webhooks", { method: "POST", headers, body });
      return (await handle(request)).status;
    };

    assert.deepEqual([await answer(secret), await answer(newSecret())], [204, 400]);
    assert.deepEqual(taken, [["1", event]]);
  });

  await t.step("docs/api/event-stream.md reads the stream", async () => {
    const page = "docs/api/event-stream.md";
    const [handled, saved]: [unknown[], string[]] = [[], []];
    const theirs = {
      loadLastId: () => Promise.resolve(undefined),
      saveLastId: (id: string) => Promise.resolve(saved.push(id)),
      readEverything: () => Promise.resolve(),
      handle: (type: string) => {
        handled.push(type);
        if (handled.length === 2) throw new Error("enough");
      },
    };
    const reading = code.load(page, nameOf(page, 1), theirs, await atServer(world, acme));
    const writing = setInterval(() => createProject(acme.ctx, newProject.parse({ name: "Streamed" })), 200);

    await assert.rejects(reading, /enough/);

    clearInterval(writing);
    assert.deepEqual([handled, saved.length], [["project.created", "project.created"], 1]);
  });

  await t.step("clients/typescript/README.md creates, lists, finds and changes", async () => {
    const page = "clients/typescript/README.md";
    const printed: unknown[] = [];
    const edit = await atServer(world, acme);
    const load = (position: number) => code.load(page, nameOf(page, position), {}, edit);
    const theirs = { print: (line: unknown) => printed.push(line) };
    await code.load(page, nameOf(page, 1), theirs, (text) => edit(text).replaceAll("console.log(", "print("));
    const { createDenizenClient } = await import("../../clients/typescript/src/client.ts");
    const client = createDenizenClient({
      baseUrl: `http://${world.host()}/api/v1`,
      token: await world.token(acme),
    });
    const [{ findProject }, { startProject }, { markReviewed }] = [
      await load(2),
      await load(3),
      await load(4),
    ];

    const [first, again] = [await startProject(client, "order-1"), await startProject(client, "order-1")];
    await markReviewed(client, first.id);

    assert.match(String(printed[0]), /^Created [\da-f-]{36}$/);
    assert.ok(printed.includes("Warehouse move"));
    assert.equal(again.id, first.id);
    assert.match((await findProject(client, first.id)).description, /Reviewed\.$/);
    assert.equal(await findProject(client, "0198c0de-0000-7000-8000-000000000000"), null);
  });

  await t.step("no code is left out", () => {
    const left = code.blocks.filter((block) => !code.loaded.has(block)).map(({ page, path }) =>
      `${page} ${path}`
    );

    assert.deepEqual(left.filter((each) => !each.startsWith("docs/build/add-a-page.md ")), []);
  });
});

/** The name of a page's block that names no file, by its position among the page's blocks. */
function nameOf(page: string, position: number): string {
  return `${page.replaceAll(/[/.]/g, "_")}_${position}.ts`;
}

/** Puts a server and a token into a guide's code. */
async function atServer(world: World, company: Company): Promise<(code: string) => string> {
  const token = await world.token(company);
  return (code) =>
    code.replace("https://app.example.com", `http://${world.host()}`)
      .replace(/token: (?:"dnz_live_…"|process\.env\.DENIZEN_TOKEN)/, `token: "${token}"`);
}
