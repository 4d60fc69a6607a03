import { type Context, Hono } from "hono";
import type { SystemContext } from "../../src/context.ts";
import {
  discardJob,
  getJob,
  getQueues,
  JOB_LIST,
  listJobs,
  type QueueState,
  retryAllFailed,
  retryJob,
} from "../../src/operations/job_list.ts";
import { type QueueName, QUEUES } from "../../src/outbox/queues.ts";
import type { ListQuery } from "../../src/platform/list.ts";
import { DiscardJobPage } from "../../views/pages/admin/discard_job_page.tsx";
import { JobList } from "../../views/pages/admin/job_list.tsx";
import { JobPage, JobPanel, type ShownJob } from "../../views/pages/admin/job_page.tsx";
import { jobText } from "../../views/pages/admin/job_text.ts";
import { JobsPage } from "../../views/pages/admin/jobs_page.tsx";
import { QueuePanel } from "../../views/pages/admin/queue_panel.tsx";
import { adminText } from "../../views/pages/admin/text.ts";
import { readForm, type StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, fragment, page } from "../page.tsx";
import { readWire } from "../wire.ts";

const ALL_STATES = "all";

/** Background jobs: the state of the queues, and the jobs that failed. */
export const jobPages = new Hono<StaffEnv>();

jobPages.get("/jobs", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c.req.query(), JOB_LIST);
  const { queues, workers } = await getQueues(ctx);
  const counts = countStates(queues, query.queue);
  const hasStateFilter = query.state !== undefined || c.req.query("state") === ALL_STATES;
  const showsFailed = !hasStateFilter && counts.failed > 0;
  const list = {
    ...await rowsOf(ctx, showsFailed ? { ...query, state: "failed" } : query),
    counts,
    queueNames: queues.map(({ queue }) => queue),
  };
  return await page(c, {
    title: adminText.of(localeOf(c)).jobs.title,
    body: <JobsPage {...list} queues={queues} workers={workers} />,
    partial: <JobList {...list} />,
  });
});

jobPages.get("/jobs/queues", async (c) => {
  const ctx = c.get("staff");
  return await fragment(c, <QueuePanel {...await getQueues(ctx)} now={ctx.services.clock.now()} />);
});

jobPages.post("/jobs/retry-failed", async (c) => {
  const { queue } = readWire(JOB_LIST.query.pick({ queue: true }), await readForm(c));
  const text = textOf(c);
  const jobs = await retryAllFailed(c.get("staff"), queue);
  return await done(c, {
    to: queue ? `/admin/jobs?queue=${queue}` : "/admin/jobs",
    flash: jobs > 0 ? text.requeuedAll(jobs) : { kind: "info", text: text.noneFailed },
  });
});

jobPages.get("/jobs/:id", async (c) => {
  const shown = await shownJobOf(c);
  return await page(c, {
    title: shown.job.name,
    trail: [{ label: textOf(c).title, href: "/admin/jobs" }],
    body: <JobPage {...shown} />,
    partial: <JobPanel {...shown} />,
  });
});

jobPages.post("/jobs/:id/retry", async (c) => {
  const { id, name } = await retryJob(c.get("staff"), c.req.param("id"));
  return await done(c, { to: `/admin/jobs/${id}`, flash: textOf(c).requeued(name) });
});

jobPages.get("/jobs/:id/discard", async (c) => {
  const shown = await shownJobOf(c);
  const text = textOf(c);
  return await page(c, {
    title: text.discardTitle,
    trail: [
      { label: text.title, href: "/admin/jobs" },
      { label: shown.job.name, href: `/admin/jobs/${shown.job.id}` },
    ],
    body: <DiscardJobPage {...shown} />,
  });
});

jobPages.post("/jobs/:id/discard", async (c) => {
  const ctx = c.get("staff");
  const { id, name } = await getJob(ctx, c.req.param("id"));
  await discardJob(ctx, id);
  return await done(c, { to: "/admin/jobs", flash: textOf(c).discarded(name) });
});

function textOf(c: Context<StaffEnv>) {
  return jobText.of(localeOf(c));
}

async function rowsOf(ctx: SystemContext, query: ListQuery<typeof JOB_LIST>) {
  const { items, ...pages } = await listJobs(ctx, query);
  const { state = "all", queue = "all" } = query;
  return { jobs: items, pages, view: { state, queue } as const, now: ctx.services.clock.now() };
}

/** Counts the jobs in each state, in one queue or in all. Leaves out finished jobs. */
function countStates(queues: QueueState[], queue?: QueueName): QueueState["depth"] {
  const sum = { waiting: 0, ready: 0, running: 0, held: 0, failed: 0 };
  for (const { depth } of queues.filter((each) => !queue || each.queue === queue)) {
    for (const state of Object.keys(sum) as (keyof typeof sum)[]) sum[state] += depth[state];
  }
  return sum;
}

async function shownJobOf(c: Context<StaffEnv>): Promise<{ job: ShownJob; now: Date }> {
  const ctx = c.get("staff");
  const job = await getJob(ctx, c.req.param("id")!);
  return {
    job: { ...job, maxAttempts: QUEUES[job.queue]?.attempts ?? job.attempts },
    now: ctx.services.clock.now(),
  };
}
