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
import { JOBS, type JobView, queueLabel } from "./job_address.ts";

export type QueuePanelProps = {
  queues: QueueState[];
  /** The number of processes that run jobs. */
  workers: number;
  now: Date;
};

const STATES = ["waiting", "ready", "running", "held", "failed"] as const;

const COLUMNS = [
  { label: "Queue" },
  { label: "Waiting", class: "text-right" },
  { label: "Ready", class: "text-right" },
  { label: "Running", class: "text-right" },
  { label: "Held", class: "text-right" },
  { label: "Failed", class: "text-right max-lg:pr-5" },
  { label: "Oldest ready", class: "max-lg:hidden" },
  { label: "Last hour", class: "max-lg:hidden" },
];

/** The state of the queues. htmx refreshes it every ten seconds. */
export function QueuePanel({ queues, workers, now }: QueuePanelProps) {
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
      <Card title="Queues" action={<Workers workers={workers} />} flush>
        <Table label="Queues" columns={COLUMNS}>
          {queues.map((state) => <QueueRow key={state.queue} state={state} now={now} />)}
        </Table>
      </Card>
    </div>
  );
}

function NoWorkers({ ready }: { ready: number }) {
  const jobs = ready === 1 ? "1 job is ready" : `${formatCount(ready)} jobs are ready`;
  return (
    <Alert kind="warning">
      <p class="font-medium">No process is running jobs.</p>
      <p class="mt-1">
        {jobs} to run. Start a process with <code class="text-sm">ROLE=worker</code>, or a server with{" "}
        <code class="text-sm">ROLE=all</code>.
      </p>
    </Alert>
  );
}

function Workers({ workers }: { workers: number }) {
  const text = workers === 1 ? "1 process is running jobs" : `${workers || "No"} processes are running jobs`;
  return <span class="text-sm text-muted">{text}</span>;
}

function QueueRow({ state, now }: { state: QueueState; now: Date }) {
  const { queue, depth, oldest, lastHour } = state;
  return (
    <tr>
      <Cell class="max-lg:w-full">
        <a href={listOf({ state: "all", queue })} class="rounded-sm font-medium hover:underline">
          {queueLabel(queue)}
        </a>
        <p class="flex flex-wrap gap-x-4 md:hidden">
          {STATES.filter((each) => depth[each] > 0).map((each) => (
            <Depth queue={queue} state={each} jobs={depth[each]} class="py-1">
              {formatCount(depth[each])} {each}
            </Depth>
          ))}
        </p>
        <div class="mt-0.5 text-sm text-muted lg:hidden">
          {oldest
            ? (
              <p>
                Oldest ready: <Time at={oldest} now={now} />
              </p>
            )
            : null}
          <p>
            In the last hour: <LastHour {...lastHour} />
          </p>
        </div>
      </Cell>
      {STATES.map((each) => (
        <Cell wideOnly class={classes("text-right tabular-nums", each === "failed" && "max-lg:pr-5")}>
          {depth[each] === 0
            ? <span class="text-muted">0</span>
            : <Depth queue={queue} state={each} jobs={depth[each]}>{formatCount(depth[each])}</Depth>}
        </Cell>
      ))}
      <Cell wideOnly class="whitespace-nowrap max-lg:hidden">
        {oldest ? <Time at={oldest} now={now} /> : <span class="text-muted">None</span>}
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
  const look = "rounded-sm underline decoration-line underline-offset-2 hover:decoration-current";
  const tone = state === "failed" && "text-danger";
  return (
    <a
      href={listOf({ state, queue })}
      aria-label={`${formatCount(jobs)} ${state} in ${queueLabel(queue)}`}
      class={classes(look, tone, extra)}
    >
      {children}
    </a>
  );
}

function LastHour({ done, retried, failed }: QueueState["lastHour"]) {
  if (done + retried + failed === 0) return <span class="text-muted">None</span>;
  return (
    <>
      {formatCount(done)} done
      {retried > 0 ? `, ${formatCount(retried)} retried` : ""}
      {failed > 0 ? <span class="text-danger">, {formatCount(failed)} failed</span> : null}
    </>
  );
}

function listOf(view: JobView): string {
  return `${listHref(JOBS, view)}#job-list`;
}
