import type { ListedJob } from "../../../src/operations/job_list.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Time } from "../../components/time.tsx";
import { JobTenant, StateBadge } from "./job_row.tsx";
import { jobText } from "./job_text.ts";

/** `/admin/jobs/:id/discard`: asks for confirmation before a job is permanently deleted. */
export function DiscardJobPage({ job, now }: { job: ListedJob; now: Date }) {
  const text = jobText.use();
  const { id, state, tenant, createdAt } = job;
  const facts = [
    { term: text.facts.state, value: <StateBadge state={state} /> },
    { term: text.facts.tenant, value: <JobTenant tenant={tenant} /> },
    { term: text.facts.queued, value: <Time at={createdAt} now={now} /> },
  ];
  return (
    <div class="max-w-160">
      <Card>
        <div class="grid gap-5">
          <DescriptionList facts={facts} />
          <p class="text-muted">{text.discardLead}</p>
          <form method="post" action={`/admin/jobs/${id}/discard`} class="flex flex-wrap gap-2">
            <Button variant="danger">{text.discardJob}</Button>
            <ButtonLink href={`/admin/jobs/${id}`}>{text.cancel}</ButtonLink>
          </form>
        </div>
      </Card>
    </div>
  );
}
