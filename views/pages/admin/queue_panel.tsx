import type { Child } from "hono/jsx";
import type { QueueState } from "../../../src/operations/job_list.ts";
import type { QueueName } from "../../../src/outbox/queues.ts";
import { Alert } from "../../components/alert.tsx";
import { Card } from "../../components/card.tsx";
import { classes } from "../../components/classes.ts";
import { formatCount } from "../../components/count.ts";
import { hx } from "../../components/hx.ts";
import { listHref } from "../../components/list/list_address.ts";
import { Cell, Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { JOBS, type JobView } from "./job_address.ts";
import { jobText } from "./job_text.ts";

export type QueuePanelProps = {
  queues: QueueState[];
  /** The number of processes that run jobs. */
  workers: number;
  now: Date;
};

const STATES = ["waiting", "ready", "running", "held", "failed"] as const;

/** The state of the queues. htmx refreshes it every ten seconds. */
export function QueuePanel({ queues, workers, now }: QueuePanelProps) {
  const text = jobText.use();
  const ready = queues.reduce((jobs, { depth }) => jobs + depth.ready, 0);
  const refreshed = hx({
    get: "/admin/jobs/queues",
    trigger: "every 10s",
    swap: "outerMorph",
    status: { "4xx": "swap:none", "5xx": "swap:none" },
  });
  return (
    <div id="queue-panel" class="mb-6 grid gap-4" {...refreshed}>
      {workers === 0 && ready > 0 ? <NoWorkers ready={ready} /> : null}
      <Card title={text.queues} action={<Workers workers={workers} />} flush>
        <Table label={text.queues} columns={columnsOf(text)}>
          {queues.map((state) => <QueueRow key={state.queue} state={state} now={now} />)}
        </Table>
      </Card>
    </div>
  );
}

function columnsOf(text: ReturnType<typeof jobText.use>) {
  return [
    { label: text.facts.queue },
    ...STATES.map((state) => ({
      label: text.states[state],
      class: classes("text-end", state === "failed" && "max-lg:pe-5"),
    })),
    { label: text.oldestReady, class: "max-lg:hidden lg:ps-10" },
    { label: text.lastHour, class: "max-lg:hidden" },
  ];
}

function NoWorkers({ ready }: { ready: number }) {
  const text = jobText.use();
  const roles = {
    worker: <code class="text-sm">ROLE=worker</code>,
    all: <code class="text-sm">ROLE=all</code>,
  };
  return (
    <Alert kind="warning">
      <p class="font-medium">{text.noWorkers}</p>
      <p class="mt-1">{fill(text.readyJobs(ready), roles)}</p>
    </Alert>
  );
}

function Workers({ workers }: { workers: number }) {
  return <span class="text-sm text-muted">{jobText.use().workers(workers)}</span>;
}

function QueueRow({ state, now }: { state: QueueState; now: Date }) {
  const text = jobText.use();
  const { queue, depth, oldest, lastHour } = state;
  return (
    <tr>
      <Cell class="max-lg:w-full">
        <a href={listOf({ state: "all", queue })} class="rounded-sm font-medium hover:underline">
          {text.queueNames[queue]}
        </a>
        <p class="flex flex-wrap gap-x-4 md:hidden">
          {STATES.filter((each) => depth[each] > 0).map((each) => (
            <Depth queue={queue} state={each} jobs={depth[each]} class="py-1">
              {text.inState(formatCount(depth[each]), text.states[each])}
            </Depth>
          ))}
        </p>
        <div class="mt-0.5 text-sm text-muted lg:hidden">
          {oldest ? <p>{fill(text.oldestReadySince, { time: <Time at={oldest} now={now} /> })}</p> : null}
          <p>{fill(text.lastHourFacts, { facts: <LastHour {...lastHour} /> })}</p>
        </div>
      </Cell>
      {STATES.map((each) => (
        <Cell wideOnly class={classes("text-end tabular-nums", each === "failed" && "max-lg:pe-5")}>
          {depth[each] === 0
            ? <span class="text-muted">0</span>
            : <Depth queue={queue} state={each} jobs={depth[each]}>{formatCount(depth[each])}</Depth>}
        </Cell>
      ))}
      <Cell wideOnly class="whitespace-nowrap max-lg:hidden lg:ps-10">
        {oldest ? <Time at={oldest} now={now} /> : <span class="text-muted">{text.none}</span>}
      </Cell>
      <Cell wideOnly class="first-letter:uppercase max-lg:hidden">
        <LastHour {...lastHour} />
      </Cell>
    </tr>
  );
}

/** A number of jobs, linked to their list. */
function Depth(
  { queue, state, jobs, class: extra, children }: {
    queue: QueueName;
    state: typeof STATES[number];
    jobs: number;
    class?: string;
    children?: Child;
  },
) {
  const text = jobText.use();
  const look = "rounded-sm underline decoration-line underline-offset-2 hover:decoration-current";
  const tone = state === "failed" && "text-danger";
  return (
    <a
      href={listOf({ state, queue })}
      aria-label={text.inQueue(formatCount(jobs), text.states[state], text.queueNames[queue])}
      class={classes(look, tone, extra)}
    >
      {children}
    </a>
  );
}

function LastHour({ done, retried, failed }: QueueState["lastHour"]) {
  const text = jobText.use();
  if (done + retried + failed === 0) return <span class="text-muted">{text.none}</span>;
  return (
    <>
      {text.done(formatCount(done))}
      {retried > 0 ? text.retried(formatCount(retried)) : ""}
      {failed > 0 ? <span class="text-danger">{text.failed(formatCount(failed))}</span> : null}
    </>
  );
}

function listOf(view: JobView): string {
  return `${listHref(JOBS, view)}#job-list`;
}
