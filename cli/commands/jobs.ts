import { type Command, Option } from "@commander-js/extra-typings";
import {
  getQueues,
  JOB_LIST,
  type ListedJob,
  listJobs,
  retryAllFailed,
  retryJob,
} from "../../src/operations/job_list.ts";
import { QUEUE_NAMES } from "../../src/outbox/queues.ts";
import { UsageError } from "../options.ts";
import { createOutput } from "../output.ts";
import { withSystem } from "../session.ts";

const LIST_LENGTH = 50;

export function define(jobs: Command): void {
  jobs.command("list").description(`Lists the latest ${LIST_LENGTH} jobs.`)
    .option("--failed", "only jobs that failed permanently")
    .addOption(new Option("--queue <queue>", "only jobs in this queue").choices(QUEUE_NAMES))
    .option("--json", "print JSON")
    .action(async ({ failed, queue, json }) => {
      await withSystem(async (ctx) => {
        const state = failed ? "failed" as const : undefined;
        const { items } = await listJobs(ctx, JOB_LIST.query.parse({ state, queue, limit: LIST_LENGTH }));
        createOutput(json === true).data(items.map(row));
      });
    });

  jobs.command("queues").description(
    "Shows the backlog of each queue and its results of the last hour.",
  )
    .option("--json", "print JSON")
    .action(async ({ json }) => {
      await withSystem(async (ctx) => {
        const { queues, workers } = await getQueues(ctx);
        const output = createOutput(json === true);
        output.data(queues.map(({ queue, depth, oldest, lastHour: { done, retried, failed } }) => ({
          queue,
          ...depth,
          oldest_ready: oldest?.toISOString() ?? null,
          done_last_hour: done,
          retried_last_hour: retried,
          failed_last_hour: failed,
        })));
        output.note(workers === 1 ? "1 process is running jobs." : `${workers} processes are running jobs.`);
      });
    });

  jobs.command("retry [id]").description("Requeues one failed job, or all of them.")
    .option("--all-failed", "requeue all failed jobs")
    .option("--json", "print JSON")
    .action(async (id, { allFailed, json }) => {
      if (!id === !allFailed) throw new UsageError(["Give either a job's id or --all-failed."]);
      const output = createOutput(json === true);
      await withSystem(async (ctx) => {
        output.data(id ? row(await retryJob(ctx, id)) : { retried: await retryAllFailed(ctx) });
      });
    });

  jobs.command("work").description(
    "Runs jobs and schedules without a web server, until stopped.",
  )
    .option("--drain", "exit when no job is due")
    .action(async ({ drain }) => {
      await withSystem(async ({ services }) => {
        const { runWorker } = await import("../worker.ts");
        await runWorker(services, { drain: drain === true });
      });
    });
}

function row({ id, queue, name, state, tenant, attempts, error, runAt, createdAt, payload }: ListedJob) {
  return {
    id,
    queue,
    name,
    state,
    tenant: tenant?.subdomain ?? null,
    attempts,
    error,
    payload: JSON.stringify(payload),
    run_at: runAt.toISOString(),
    created_at: createdAt.toISOString(),
  };
}
