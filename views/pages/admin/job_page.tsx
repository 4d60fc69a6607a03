import type { JobState, ListedJob } from "../../../src/operations/job_list.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Instant } from "../../components/time.tsx";
import { queueLabel } from "./job_address.ts";
import { JobTenant, StateBadge } from "./job_row.tsx";

/** `maxAttempts`: the number of times that a job in this queue may start. */
export type ShownJob = ListedJob & { maxAttempts: number };

export type JobPageProps = { job: ShownJob; now: Date };

const MEANINGS: Record<JobState, string> = {
  waiting: "Waits until it is due.",
  ready: "Starts as soon as a process is free.",
  running: "Running or about to run.",
  held: "Continues when its tenant is resumed.",
  failed: "Failed permanently. Kept for 90 days unless you retry or discard it.",
  done: "Finished.",
};

const ABOUT_TO_CHANGE: JobState[] = ["ready", "running"];
const DISCARDED: JobState[] = ["waiting", "ready", "held", "failed"];

/** `/admin/jobs/:id`: a job's details and actions. */
export function JobPage({ job, now }: JobPageProps) {
  return (
    <>
      <p class="mb-2">
        <TextLink href="/admin/jobs">Jobs</TextLink>
      </p>
      <JobPanel job={job} now={now} />
    </>
  );
}

/** The page without its breadcrumb. While the job is about to change, htmx fetches this part again. */
export function JobPanel({ job, now }: { job: ShownJob; now: Date }) {
  const refreshed = hx({
    get: `/admin/jobs/${job.id}`,
    trigger: "every 2s",
    swap: "outerMorph",
    status: { "4xx": "swap:none", "5xx": "swap:none" },
  });
  return (
    <div id="job-panel" {...(ABOUT_TO_CHANGE.includes(job.state) ? refreshed : {})}>
      <div class="mb-6 flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{MEANINGS[job.state]}</p>
        <JobActions job={job} />
      </div>
      <div class="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_21rem] lg:grid-rows-[auto_1fr]">
        {job.error ? <ErrorCard error={job.error} isFinal={job.state === "failed"} /> : null}
        <Card title="Details" class="lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <JobFacts job={job} now={now} />
        </Card>
        <Card title="Payload" class="lg:col-start-1">
          <pre class="font-mono text-sm whitespace-pre-wrap wrap-anywhere">{JSON.stringify(job.payload, null, 2)}</pre>
          <p class="mt-4 text-sm text-muted">Secrets and personal data are masked.</p>
        </Card>
      </div>
    </div>
  );
}

function JobActions({ job: { id, state } }: { job: ShownJob }) {
  return (
    <>
      {DISCARDED.includes(state) ? <ButtonLink href={`/admin/jobs/${id}/discard`}>Discard</ButtonLink> : null}
      {state === "failed"
        ? (
          <form method="post" action={`/admin/jobs/${id}/retry`}>
            <Button variant="primary" icon="restore">Retry</Button>
          </form>
        )
        : null}
    </>
  );
}

function ErrorCard({ error, isFinal }: { error: string; isFinal: boolean }) {
  return (
    <Card title={isFinal ? "Error" : "Last error"} tone={isFinal ? "danger" : "plain"} class="lg:col-start-1">
      <p class="font-mono text-sm whitespace-pre-wrap wrap-anywhere">{error}</p>
    </Card>
  );
}

function JobFacts({ job, now }: { job: ShownJob; now: Date }) {
  const facts = [
    { term: "State", value: <StateBadge state={job.state} /> },
    { term: "Queue", value: queueLabel(job.queue) },
    { term: "Tenant", value: <JobTenant tenant={job.tenant} /> },
    { term: "Attempts", value: `${job.attempts} of ${job.maxAttempts}` },
    { term: "Queued", value: <Instant at={job.createdAt} now={now} /> },
    { term: "Due", value: <Instant at={job.runAt} now={now} /> },
    ...(job.startedAt ? [{ term: "Started", value: <Instant at={job.startedAt} now={now} /> }] : []),
    ...(job.endedAt
      ? [{
        term: job.state === "held" ? "Held since" : "Ended",
        value: <Instant at={job.endedAt} now={now} />,
      }]
      : []),
    { term: "Job ID", value: <code class="text-sm">{job.id}</code> },
  ];
  return <DescriptionList facts={facts} />;
}
