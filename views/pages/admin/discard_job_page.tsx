import type { ListedJob } from "../../../src/operations/job_list.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextLink } from "../../components/link.tsx";
import { Time } from "../../components/time.tsx";
import { JobTenant, StateBadge } from "./job_row.tsx";

/** `/admin/jobs/:id/discard`: asks for confirmation before a job is permanently deleted. */
export function DiscardJobPage({ job, now }: { job: ListedJob; now: Date }) {
  const { id, name, state, tenant, createdAt } = job;
  const facts = [
    { term: "State", value: <StateBadge state={state} /> },
    { term: "Tenant", value: <JobTenant tenant={tenant} /> },
    { term: "Queued", value: <Time at={createdAt} now={now} /> },
  ];
  return (
    <div class="max-w-xl">
      <p class="mb-2">
        <TextLink href={`/admin/jobs/${id}`}>{name}</TextLink>
      </p>
      <Card>
        <div class="grid gap-5">
          <DescriptionList facts={facts} />
          <p class="text-muted">
            The job will be permanently deleted without running.
          </p>
          <form method="post" action={`/admin/jobs/${id}/discard`} class="flex flex-wrap gap-2">
            <Button variant="danger">Discard job</Button>
            <ButtonLink href={`/admin/jobs/${id}`}>Cancel</ButtonLink>
          </form>
        </div>
      </Card>
    </div>
  );
}
