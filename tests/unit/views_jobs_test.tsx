// Protects: the back office's job pages escape names, errors and payloads, run no injected scripts, and offer only actions
// that a job allows.
import assert from "node:assert/strict";
import type { JobState, ListedJob, QueueState } from "../../src/operations/job_list.ts";
import { DiscardJobPage } from "../../views/pages/admin/discard_job_page.tsx";
import { JobList } from "../../views/pages/admin/job_list.tsx";
import { JobPage, JobPanel } from "../../views/pages/admin/job_page.tsx";
import { JobsPage } from "../../views/pages/admin/jobs_page.tsx";
import { QueuePanel } from "../../views/pages/admin/queue_panel.tsx";
import { htmlOf, NONCE } from "../support/page.tsx";

const NOW = new Date("2026-11-23T12:00:00Z");
const ATTACK = `"><button hx-get="/evil"><script>alert(1)</script>`;

const JOB: ListedJob = {
  id: "0195-j",
  queue: "webhooks",
  name: "webhook.deliver",
  state: "failed",
  tenant: { id: "0195-t", name: "Acme Instruments", subdomain: "acme" },
  payload: { delivery_id: "0195-d" },
  attempts: 10,
  error: "503 Service Unavailable",
  runAt: NOW,
  createdAt: NOW,
  startedAt: NOW,
  endedAt: NOW,
};
const QUIET: QueueState = {
  queue: "webhooks",
  depth: { waiting: 0, ready: 0, running: 0, held: 0, failed: 0 },
  oldest: null,
  lastHour: { done: 0, retried: 0, failed: 0 },
};
const LIST = {
  jobs: [JOB],
  pages: { place: null, previousCursor: null, nextCursor: "next" },
  queueNames: ["webhooks" as const],
  view: { state: "failed" as const, queue: "all" as const },
  counts: { failed: 1_284 },
  now: NOW,
};

function shown(state: JobState) {
  return htmlOf(<JobPanel job={{ ...JOB, state, maxAttempts: 10 }} now={NOW} />);
}

Deno.test("markup in a name, an error or a payload is shown as text, and no script runs", async () => {
  const tenant = { ...JOB.tenant!, name: ATTACK };
  const job = {
    ...JOB,
    name: ATTACK,
    error: ATTACK,
    payload: { [ATTACK]: ATTACK },
    tenant,
    maxAttempts: 10,
  };

  const pages = await Promise.all([
    htmlOf(<JobsPage {...LIST} jobs={[job]} queues={[QUIET]} workers={1} />),
    htmlOf(<JobPage job={job} now={NOW} />),
    htmlOf(<DiscardJobPage job={job} now={NOW} />),
  ]);

  for (const page of pages) {
    assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert.doesNotMatch(page, /<script(?![^>]*\ssrc=)|<button hx-get="\/evil"/);
    assert.doesNotMatch(page, /\sstyle=|<style|\son[a-z]+=|hx-on|javascript:/);
    const acting = page.match(/<[a-z][^>]*\shx-(?:get|post)=[^>]*>/g) ?? [];
    assert.deepEqual(acting.filter((tag) => !tag.includes(`hx-nonce="${NONCE}"`)), []);
  }
});

Deno.test("only a failed job can be retried, and a running or done job has no actions", async () => {
  const offers = async (state: JobState) => {
    const page = await shown(state);
    return [page.includes("/0195-j/retry"), page.includes("/0195-j/discard")];
  };

  assert.deepEqual(await offers("failed"), [true, true]);
  for (const state of ["waiting", "ready", "held"] as const) {
    assert.deepEqual(await offers(state), [false, true], state);
  }
  for (const state of ["running", "done"] as const) {
    assert.deepEqual(await offers(state), [false, false], state);
  }
});

Deno.test("a job's page polls only while the job is about to change", async () => {
  for (const state of ["ready", "running"] as const) {
    assert.match(await shown(state), /id="job-panel" hx-nonce="n0nce" hx-get="\/admin\/jobs\/0195-j"/);
  }
  for (const state of ["waiting", "held", "failed", "done"] as const) {
    assert.doesNotMatch(await shown(state), /hx-get/, state);
  }
});

Deno.test("the page warns if jobs are ready and no process runs them", async () => {
  const busy = { ...QUIET, depth: { ...QUIET.depth, ready: 12 }, oldest: NOW };

  const alarm = await htmlOf(<QueuePanel queues={[busy]} workers={0} now={NOW} />);
  const idle = await htmlOf(<QueuePanel queues={[QUIET]} workers={0} now={NOW} />);
  const works = await htmlOf(<QueuePanel queues={[busy]} workers={2} now={NOW} />);

  assert.match(alarm, /role="status"[^]*No process is running jobs\.[^]*12 jobs are ready to run/);
  assert.doesNotMatch(idle + works, /No process is running jobs\./);
  assert.match(idle, /No processes are running jobs/);
  assert.match(works, /2 processes are running jobs/);
});

Deno.test("the tabs and the next page keep the queue filter, and all failed jobs can be retried together", async () => {
  const view = { state: "failed", queue: "webhooks" } as const;

  const list = await htmlOf(<JobList {...LIST} view={view} />);
  const done = await htmlOf(<JobList {...LIST} view={{ ...view, state: "done" }} />);

  assert.match(list, /href="\/admin\/jobs\?state=held&amp;queue=webhooks"/);
  assert.match(list, /<a[^>]*state=failed&amp;queue=webhooks"[^>]*aria-current="page"/);
  assert.match(
    list,
    /id="job-list-next"[^>]*hx-get="\/admin\/jobs\?state=failed&amp;queue=webhooks&amp;cursor=next"/,
  );
  assert.match(list, /action="\/admin\/jobs\/retry-failed"[^]*name="queue" value="webhooks"[^]*1,284 jobs/);
  assert.doesNotMatch(done, /retry-failed/);
});
