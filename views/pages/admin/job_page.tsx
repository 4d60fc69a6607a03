import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { hx } from "../../components/hx.ts";
import { Instant } from "../../components/time.tsx";
import { JobTenant, StateBadge } from "./job_row.tsx";
import { jobText } from "./job_text.ts";

/** `maxAttempts`: the number of times that a job in this queue may start. */
export type ShownJob = ListedJob & { maxAttempts: number };

export type JobPageProps = { job: ShownJob; now: Date };

const ABOUT_TO_CHANGE: JobState[] = ["ready", "running"];
const DISCARDED: JobState[] = ["waiting", "ready", "held", "failed"];

/** `/admin/jobs/:id`: a job's details and actions. */
export function JobPage({ job, now }: JobPageProps) {
  return <JobPanel job={job} now={now} />;
}

/** While the job is about to change, htmx fetches this part again. */
export function JobPanel({ job, now }: { job: ShownJob; now: Date }) {
  const text = jobText.use();
  const refreshed = hx({
    get: `/admin/jobs/${job.id}`,
    trigger: "every 2s",
    swap: "outerMorph",
    status: { "4xx": "swap:none", "5xx": "swap:none" },
  });
  return (
    <div id="job-panel" {...(ABOUT_TO_CHANGE.includes(job.state) ? refreshed : {})}>
      <div class="mb-6 flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{text.meanings[job.state]}</p>
        <JobActions job={job} />
      </div>
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-[auto_1fr]">
        {job.error ? <ErrorCard error={job.error} isFinal={job.state === "failed"} /> : null}
        <Card title={text.details} class="lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <JobFacts job={job} now={now} />
        </Card>
        <Card title={text.payload} class="lg:col-start-1">
          <pre class="font-mono text-sm whitespace-pre-wrap wrap-anywhere">{JSON.stringify(job.payload, null, 2)}</pre>
          <p class="mt-4 text-sm text-muted">{text.masked}</p>
        </Card>
      </div>
    </div>
  );
}

function JobActions({ job: { id, state } }: { job: ShownJob }) {
  const text = jobText.use();
  return (
    <div class="flex flex-wrap gap-2">
      {DISCARDED.includes(state)
        ? <ButtonLink href={`/admin/jobs/${id}/discard`}>{text.discard}</ButtonLink>
        : null}
      {state === "failed"
        ? (
          <form method="post" action={`/admin/jobs/${id}/retry`}>
            <Button variant="primary" icon="restore">{text.retry}</Button>
          </form>
        )
        : null}
    </div>
  );
}

function ErrorCard({ error, isFinal }: { error: string; isFinal: boolean }) {
  const text = jobText.use();
  const title = isFinal ? text.error : text.lastError;
  return (
    <Card title={title} tone={isFinal ? "danger" : "plain"} class="lg:col-start-1">
      <p class="font-mono text-sm whitespace-pre-wrap wrap-anywhere" dir="ltr">{error}</p>
    </Card>
  );
}

function JobFacts({ job, now }: { job: ShownJob; now: Date }) {
  const text = jobText.use();
  const terms = text.facts;
  const facts = [
    { term: terms.state, value: <StateBadge state={job.state} /> },
    { term: terms.queue, value: text.queueNames[job.queue] },
    { term: terms.tenant, value: <JobTenant tenant={job.tenant} /> },
    { term: terms.attempts, value: text.attempts(job.attempts, job.maxAttempts) },
    { term: terms.queued, value: <Instant at={job.createdAt} now={now} /> },
    { term: terms.due, value: <Instant at={job.runAt} now={now} /> },
    ...(job.startedAt ? [{ term: terms.started, value: <Instant at={job.startedAt} now={now} /> }] : []),
    ...(job.endedAt
      ? [{
        term: job.state === "held" ? terms.heldSince : terms.ended,
        value: <Instant at={job.endedAt} now={now} />,
      }]
      : []),
    { term: terms.id, value: <code class="text-sm">{job.id}</code> },
  ];
  return <DescriptionList facts={facts} />;
}
