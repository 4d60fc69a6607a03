import { eq } from "drizzle-orm";
import assert from "node:assert/strict";
import { platformAuditLog } from "../../db/control/schema/audit.ts";
import { jobMinutes, outbox } from "../../db/control/schema/outbox.ts";
import { COLLECT } from "../../src/analytics/jobs.ts";
import { HOUR, MINUTE } from "../../src/platform/clock.ts";
import { newId } from "../../src/platform/ids.ts";
import type { Browser } from "../support/browser.ts";
import { addJob, replaced, startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: the platform's staff see the state of jobs and why they failed, and retry or discard them. */

Deno.test("S25 only platform staff can open the job pages, and only on the apex", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await staffOf(world);
  const failed = await addJob(world, { tenantId: acme.tenant.id, state: "failed" });
  const [visitor, owner] = [world.browser(), world.browser()];
  await signIn(owner, world.host(), acme.owner.email);
  await signIn(owner, world.host("acme"), acme.owner.email);
  const apex = `http://${world.host()}`;

  for (
    const path of [
      "/admin/jobs",
      "/admin/jobs/queues",
      `/admin/jobs/${failed}`,
      `/admin/jobs/${failed}/discard`,
    ]
  ) {
    assert.match((await visitor.get(apex + path)).url, /\/login\?next=%2Fadmin/);
    assert.equal((await owner.get(apex + path)).status, 403);
    assert.equal((await owner.get(`http://${world.host("acme")}${path}`)).status, 404);
    assert.equal((await staff.get(apex + path)).status, 200);
  }
  for (const path of ["retry-failed", `${failed}/retry`, `${failed}/discard`]) {
    assert.equal((await owner.post(`${apex}/admin/jobs/${path}`)).status, 403);
    assert.equal((await visitor.post(`${apex}/admin/jobs/${path}`)).status, 401);
  }
  assert.equal((await jobOf(world, failed))!.state, "failed");
});

Deno.test("the queues show their depths, and warn while no process runs jobs", async () => {
  await using world = await World.open();
  const staff = await staffOf(world);
  const now = world.clock.now();
  await addJob(world, { queue: "email", state: "ready", runAt: new Date(now.getTime() - 3 * MINUTE) });
  await addJob(world, { queue: "email", state: "held" });
  await addJob(world, { queue: "webhooks", state: "failed" });
  const figures = { queue: "webhooks", done: 1_200, retried: 30, failed: 1 };
  await world.system.control.insert(jobMinutes).values([
    { minute: now, ...figures },
    { minute: new Date(now.getTime() - 2 * HOUR), ...figures },
  ]);

  const idle = await staff.get(`http://${world.host()}/admin/jobs`);
  await using _worker = await startWorker(world, "kv");
  const panel = await staff.get(`http://${world.host()}/admin/jobs/queues`, { "HX-Request": "true" });

  assert.match(idle.text, /No process is running jobs\.[^]*1 job is ready to run/);
  assert.match(idle.text, /aria-label="1 ready in Email"/);
  assert.match(idle.text, /aria-label="1 held in Email"/);
  assert.match(idle.text, /Oldest ready: <time[^>]*>3 min</);
  assert.match(idle.text, /1,200 done, 30 retried<span[^>]*>, 1 failed/);
  assert.doesNotMatch(panel.text, /<html|No process is running jobs/);
  assert.match(panel.text, /1 process is running jobs/);
});

Deno.test("the list opens with failed jobs, or with all jobs if none failed", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await staffOf(world);
  const done = await addJob(world, { state: "done" });
  const list = `http://${world.host()}/admin/jobs`;

  const quiet = await staff.get(list);
  const failed = await addJob(world, {
    tenantId: acme.tenant.id,
    state: "failed",
    attempts: 5,
    error: "The other side is down.\n    at deliver (deliver.ts:1:1)",
  });
  const loud = await staff.get(list);

  assert.deepEqual(listed(quiet.text), [done]);
  assert.deepEqual(listed(loud.text), [failed]);
  assert.match(loud.text, new RegExp(`href="/admin/tenants/${acme.tenant.id}"[^>]*><bdi>acme Ltd<`));
  assert.match(loud.text, />The other side is down\.</);
  assert.match(loud.text, /5 attempts/);
});

Deno.test("the list can be filtered by state and queue, and has pages, newest first", async () => {
  await using world = await World.open();
  const staff = await staffOf(world);
  const waiting = [];
  for (let number = 0; number < 27; number++) {
    waiting.unshift(await addJob(world, { queue: "email", state: "waiting" }));
  }
  const dispatched = await addJob(world, { queue: "email", state: "dispatched" });
  const billed = await addJob(world, { queue: "billing", state: "failed" });
  const list = `http://${world.host()}/admin/jobs`;
  const htmx = { "HX-Request": "true" };

  const first = await staff.get(`${list}?state=waiting`);
  const next = /id="job-list-next" href="\/admin\/jobs([^"]+)"/.exec(first.text)![1]!
    .replaceAll("&amp;", "&");
  const rows = await staff.get(list + next, htmx);
  const part = await staff.get(`${list}?state=failed&queue=email`, htmx);

  assert.deepEqual(listed(first.text), waiting.slice(0, 25));
  assert.deepEqual(listed((await staff.get(list + next)).text), waiting.slice(25));
  assert.deepEqual(listed(rows.text), waiting.slice(25));
  assert.match(rows.text, /^<div id="job-list"/);
  assert.match(part.text, /^<div id="job-list"[^]*No failed jobs/);
  assert.deepEqual(listed((await staff.get(`${list}?state=running`)).text), [dispatched]);
  assert.deepEqual(listed((await staff.get(`${list}?state=all&queue=billing`)).text), [billed]);
  assert.deepEqual(listed((await staff.get(`${list}?state=nonsense&queue=nonsense`)).text), [billed]);
});

Deno.test("a job's page masks secrets in its payload and shows its whole error", async () => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const staff = await staffOf(world);
  const id = await addJob(world, {
    tenantId: acme.tenant.id,
    state: "failed",
    attempts: 2,
    payload: {
      message_id: "m-17",
      recipient: "zoe@acme.example",
      token: "tok-secret",
      headers: { Cookie: "c" },
    },
    error: "First line.\nSecond line <b>",
  });

  const page = await staff.get(`http://${world.host()}/admin/jobs/${id}`);
  const missing = await staff.get(`http://${world.host()}/admin/jobs/${newId()}`);
  const nonsense = await staff.get(`http://${world.host()}/admin/jobs/nonsense`);

  const payload = JSON.parse(textOf(/<pre[^>]*>([^]*?)<\/pre>/.exec(page.text)![1]!));
  assert.deepEqual(payload, {
    message_id: "m-17",
    recipient: "•••",
    token: "•••",
    headers: { Cookie: "•••" },
  });
  assert.doesNotMatch(page.text, /zoe@acme|tok-secret/);
  assert.match(page.text, /First line\.\nSecond line &lt;b&gt;/);
  assert.match(page.text, /2 of 5/);
  assert.match(page.text, new RegExp(`href="/admin/tenants/${acme.tenant.id}"`));
  assert.deepEqual([missing.status, nonsense.status], [404, 404]);
});

Deno.test("retrying a failed job makes it ready with a full set of attempts, and the audit log records who did it", async () => {
  await using world = await World.open();
  const staff = await staffOf(world);
  const id = await addJob(world, {
    state: "failed",
    attempts: 5,
    error: "Down.",
    endedAt: world.clock.now(),
  });
  const retry = `http://${world.host()}/admin/jobs/${id}/retry`;

  const retried = await staff.post(retry);
  const { state, attempts, endedAt } = (await jobOf(world, id))!;
  const twice = await staff.post(retry);
  await using worker = await startWorker(world, "kv", { jobs: [replaced(COLLECT, () => {})] });
  await worker.idle();

  assert.equal(retried.url, `http://${world.host()}/admin/jobs/${id}`);
  assert.match(retried.text, /metrics\.collect was requeued\./);
  assert.doesNotMatch(retried.text, new RegExp(`${id}/retry`));
  assert.deepEqual([state, attempts, endedAt], ["ready", 0, null]);
  assert.equal(twice.status, 409);
  assert.equal((await jobOf(world, id))!.state, "done");
  assert.deepEqual(await audited(world), [["job.retried", "root", id]]);
});

Deno.test("all failed jobs of a queue can be retried together, and no others are", async () => {
  await using world = await World.open();
  const staff = await staffOf(world);
  const emails = [
    await addJob(world, { queue: "email", state: "failed" }),
    await addJob(world, { queue: "email", state: "failed" }),
  ];
  const held = await addJob(world, { queue: "email", state: "held" });
  const billed = await addJob(world, { queue: "billing", state: "failed" });
  const list = `http://${world.host()}/admin/jobs`;

  const offered = await staff.get(`${list}?state=failed&queue=email`);
  const nonsense = await staff.post(`${list}/retry-failed`, { queue: "nonsense" });
  const some = await staff.post(`${list}/retry-failed`, { queue: "email" });
  const states = await Promise.all([...emails, held, billed].map((id) => jobOf(world, id)));
  const others = await staff.post(`${list}/retry-failed`);
  const none = await staff.post(`${list}/retry-failed`);

  assert.match(offered.text, /2 jobs in the queue email failed permanently/);
  assert.equal(nonsense.status, 422);
  assert.match(some.text, /2 jobs were requeued\./);
  assert.deepEqual(states.map((job) => job!.state), ["ready", "ready", "held", "failed"]);
  assert.match(others.text, /1 job was requeued\./);
  assert.match(none.text, /There are no failed jobs\./);
  assert.deepEqual(await audited(world), [["job.retried", "root", null], ["job.retried", "root", null]]);
});

Deno.test("discarding a job asks for confirmation, and a done job can't be discarded", async () => {
  await using world = await World.open();
  const staff = await staffOf(world);
  const [held, done] = [await addJob(world, { state: "held" }), await addJob(world, { state: "done" })];
  const jobs = `http://${world.host()}/admin/jobs`;

  const page = await staff.get(`${jobs}/${held}`);
  const asked = await staff.get(`${jobs}/${held}/discard`);
  const still = await jobOf(world, held);
  const discarded = await staff.post(`${jobs}/${held}/discard`);
  const refused = await staff.post(`${jobs}/${done}/discard`);

  assert.match(page.text, new RegExp(`href="/admin/jobs/${held}/discard"`));
  assert.doesNotMatch(page.text, new RegExp(`${held}/retry`));
  assert.match(asked.text, />metrics\.collect</);
  assert.ok(still);
  assert.match(discarded.text, /metrics\.collect was discarded\./);
  assert.equal(await jobOf(world, held), undefined);
  assert.equal(refused.status, 409);
  assert.ok(await jobOf(world, done));
  assert.deepEqual(await audited(world), [["job.discarded", "root", held]]);
});

async function jobOf(world: World, id: string) {
  const [job] = await world.system.control.select().from(outbox).where(eq(outbox.id, id));
  return job;
}

/** The platform's audit lines about jobs. */
async function audited(world: World) {
  const entries = await world.system.control.select().from(platformAuditLog).orderBy(
    platformAuditLog.sequence,
  );
  return entries.filter(({ action }) => action.startsWith("job."))
    .map(({ action, actorName, subjectId }) => [action, actorName, subjectId]);
}

/** The ids of the jobs in the list, in its order. */
function listed(text: string): string[] {
  return [...text.matchAll(/<tr id="job-([0-9a-f-]{36})"/g)].map(([, id]) => id!);
}

function textOf(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

async function staffOf(world: World): Promise<Browser> {
  const { email } = await world.staff("root@example.com");
  const browser = world.browser();
  await signIn(browser, world.host(), email);
  return browser;
}

async function signIn(browser: Browser, host: string, email: string): Promise<void> {
  await browser.post(`http://${host}/login`, { email, password: PASSWORD, next: "/workspaces" });
}
