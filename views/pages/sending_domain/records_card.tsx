import type { DnsRecord } from "../../../src/sending_domains/records.ts";
import type { SendingDomain } from "../../../src/sending_domains/sending_domains.ts";
import { Badge } from "../../components/badge.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { sendingDomainText } from "./text.ts";

/** The DNS records to create, and what the last check found of each. */
export function RecordsCard({ domain: { domain, records, checkedAt } }: { domain: SendingDomain }) {
  const text = sendingDomainText.use();
  return (
    <Card title={text.records} flush>
      <p class="px-4 pt-4 text-muted wrap-anywhere">
        {text.recordsLead(domain)} {text.dailyCheck}
      </p>
      <ul class="divide-y divide-line">
        {records.map((record) => (
          <Record key={record.purpose} record={record} isChecked={checkedAt !== null} />
        ))}
      </ul>
    </Card>
  );
}

function Record({ record, isChecked }: { record: DnsRecord; isChecked: boolean }) {
  const text = sendingDomainText.use();
  const { purpose, type, name, value, state, found } = record;
  return (
    <li class="grid gap-4 p-4">
      <div class="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 class="font-medium">
          {text.purposes[purpose]}
          <span class="ms-2.5 text-sm font-normal text-muted">
            {text.type(type)}
            {purpose === "dkim" ? ` · ${text.needed}` : ""}
          </span>
        </h3>
        {isChecked ? <State state={state} /> : null}
      </div>
      <CopyField id={`${purpose}-name`} label={text.name} value={name} />
      <CopyField id={`${purpose}-value`} label={text.value} value={value} />
      {state === "different" ? <Found found={found} /> : null}
    </li>
  );
}

/** Plain text for a record that is as it should be, a badge for any other. */
function State({ state }: Pick<DnsRecord, "state">) {
  const { states } = sendingDomainText.use();
  if (state === "found") return <span class="text-success">{states.found}</span>;
  return <Badge tone={state === "different" ? "danger" : "warning"}>{states[state]}</Badge>;
}

function Found({ found }: Pick<DnsRecord, "found">) {
  return (
    <div class="grid gap-1 text-sm">
      <p class="text-muted">{sendingDomainText.use().found}</p>
      <ul class="grid gap-1">
        {found.map((text) => <li key={text} class="font-mono wrap-anywhere" dir="ltr">{text}</li>)}
      </ul>
    </div>
  );
}
