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
import { parseInput } from "../../src/platform/input.ts";
import { DiscardJobPage } from "../../views/pages/admin/discard_job_page.tsx";
import { JobList, JobRows } from "../../views/pages/admin/job_list.tsx";
import { JobPage, JobPanel, type ShownJob } from "../../views/pages/admin/job_page.tsx";
import { JobsPage } from "../../views/pages/admin/jobs_page.tsx";
import { QueuePanel } from "../../views/pages/admin/queue_panel.tsx";
import { type Flash, sendFlash } from "../flash.ts";
import { isPartial, readForm, redirect, type StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { render } from "../render.tsx";
import { shellOf } from "./staff.tsx";

/** What is done beside requests: how it is going, and what failed. */
export const jobPages = new Hono<StaffEnv>();

jobPages.get("/jobs", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c, JOB_LIST);
  if (isPartial(c) && query.cursor) return render(c, <JobRows {...await rowsOf(ctx, query)} />);
  const { queues, workers } = await getQueues(ctx);
  const counts = countStates(queues, query.queue);
  const showsFailed = c.req.query("state") === undefined && counts.failed > 0;
  const list = { ...await rowsOf(ctx, showsFailed ? { ...query, state: "failed" } : query), counts };
  if (isPartial(c)) return render(c, <JobList {...list} />);
  return render(c, <JobsPage {...shellOf(c)} {...list} queues={queues} workers={workers} />);
});

jobPages.get("/jobs/queues", async (c) => {
  const ctx = c.get("staff");
  return render(c, <QueuePanel {...await getQueues(ctx)} now={ctx.services.clock.now()} />);
});

jobPages.post("/jobs/retry-failed", async (c) => {
  const { queue } = parseInput(JOB_LIST.query.pick({ queue: true }), await readForm(c));
  const jobs = await retryAllFailed(c.get("staff"), queue);
  const message = jobs > 0
    ? { kind: "success" as const, text: jobs === 1 ? "1 job begins anew." : `${jobs} jobs begin anew.` }
    : { kind: "info" as const, text: "No job had failed." };
  return goTo(c, queue ? `/admin/jobs?queue=${queue}` : "/admin/jobs", message);
});

jobPages.get("/jobs/:id", async (c) => {
  const { job, now } = await shownJobOf(c);
  if (isPartial(c)) return render(c, <JobPanel job={job} now={now} />);
  return render(c, <JobPage {...shellOf(c)} job={job} now={now} />);
});

jobPages.post("/jobs/:id/retry", async (c) => {
  const { id, name } = await retryJob(c.get("staff"), c.req.param("id"));
  return goTo(c, `/admin/jobs/${id}`, { kind: "success", text: `${name} begins anew.` });
});

jobPages.get("/jobs/:id/discard", async (c) => {
  return render(c, <DiscardJobPage {...shellOf(c)} {...await shownJobOf(c)} />);
});

jobPages.post("/jobs/:id/discard", async (c) => {
  const ctx = c.get("staff");
  const { id, name } = await getJob(ctx, c.req.param("id"));
  await discardJob(ctx, id);
  return goTo(c, "/admin/jobs", { kind: "success", text: `${name} was discarded.` });
});

async function rowsOf(ctx: SystemContext, query: ListQuery<typeof JOB_LIST>) {
  const { items, nextCursor } = await listJobs(ctx, query);
  const { state = "all", queue = "all" } = query;
  return { jobs: items, nextCursor, query: { state, queue } as const, now: ctx.services.clock.now() };
}

/** How many jobs are in each state, in one queue or in all. Nobody counts those that have ended well. */
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

function goTo(c: Context<StaffEnv>, address: string, message: Flash): Response {
  sendFlash(c, message);
  return redirect(c, address);
}
