import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatBytes, formatCount } from "../../components/count.ts";
import { DescriptionList } from "../../components/description_list.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Clock, Day, Time } from "../../components/time.tsx";
import type { WorkspaceExport } from "../../../src/exports/exports.ts";
import { fill } from "../../text.ts";
import { exportsText } from "./text.ts";

export type DataPageProps = { last: WorkspaceExport | null; now: Date };

/** `/settings/data`: an owner has an archive of the workspace made, and downloads it. */
export function DataPage(props: DataPageProps) {
  const text = exportsText.use();
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <div class="grid grid-cols-1 gap-6">
        <Card title={text.archive}>
          <div class="grid gap-5">
            <Archive {...props} />
          </div>
        </Card>
        <Card title={text.contents}>
          <div class="grid gap-4">
            <ul class="grid list-disc gap-1 ps-5 text-muted">
              {text.included.map((one) => <li key={one}>{one}</li>)}
            </ul>
            <p class="text-muted">{text.leftOut}</p>
          </div>
        </Card>
      </div>
    </>
  );
}

function Archive({ last, now }: DataPageProps) {
  const text = exportsText.use();
  if (last?.status === "pending") {
    return (
      <>
        <p>{fill(text.pending, { time: <Time at={last.createdAt} now={now} /> })}</p>
        <div>
          <ButtonLink href="/settings/data">{text.refresh}</ButtonLink>
        </div>
      </>
    );
  }
  if (last?.status === "ready") return <ReadyArchive last={last} now={now} />;
  return (
    <>
      {last ? <Alert kind="error">{text.failed}</Alert> : <p class="text-muted">{text.none}</p>}
      <StartForm label={text.start} variant="primary" />
    </>
  );
}

function ReadyArchive({ last, now }: { last: WorkspaceExport; now: Date }) {
  const text = exportsText.use();
  const facts = [
    { term: text.size, value: formatBytes(last.size ?? 0) },
    { term: text.rows, value: formatCount(last.rows ?? 0) },
    { term: text.made, value: <Time at={last.createdAt} now={now} /> },
    ...(last.requestedBy
      ? [{ term: text.requestedBy, value: <span dir="auto">{last.requestedBy}</span> }]
      : []),
    { term: text.checksum, value: <code class="text-sm wrap-anywhere">{last.sha256}</code> },
  ];
  return (
    <>
      <p>{fill(text.ready, { day: <Day at={last.expiresAt} />, time: <Clock at={last.expiresAt} /> })}</p>
      <DescriptionList facts={facts} />
      <div class="flex flex-wrap gap-2">
        <ButtonLink href={`/settings/data/${last.id}/archive`} variant="primary" download>
          {text.download}
        </ButtonLink>
        <StartForm label={text.startAgain} />
      </div>
    </>
  );
}

function StartForm({ label, variant }: { label: string; variant?: "primary" }) {
  return (
    <form method="post" action="/settings/data">
      <Button variant={variant}>{label}</Button>
    </form>
  );
}
