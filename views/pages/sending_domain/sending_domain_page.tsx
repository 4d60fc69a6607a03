import type { FieldErrors } from "../../../src/errors.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import type { RecordPurpose } from "../../../src/sending_domains/records.ts";
import type { SendingDomain } from "../../../src/sending_domains/sending_domains.ts";
import { Alert } from "../../components/alert.tsx";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Instant } from "../../components/time.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { RecordsCard } from "./records_card.tsx";
import { sendingDomainText } from "./text.ts";

export const SENDING_DOMAIN_PATH = "/settings/sending-domain";

export type SendingDomainPageProps = {
  /** Null until a member has entered one. */
  domain: SendingDomain | null;
  now: Date;
  /** Whether emails can come from the workspace's own domain on this installation. */
  isSigned: boolean;
  /** The smallest plan with campaigns, if the workspace's plan has none. */
  missingPlan?: Wording;
  refused?: { values: { domain?: string; sender?: string }; errors: FieldErrors; problem?: string };
};

/** `/settings/sending-domain`: the domain that campaigns come from, and its DNS records. */
export function SendingDomainPage({ domain, now, isSigned, missingPlan, refused }: SendingDomainPageProps) {
  const text = sendingDomainText.use();
  const translate = useTranslate();
  if (!domain && missingPlan) {
    return (
      <Card flush>
        <EmptyState icon="inbox" title={text.emptyTitle} text={text.notIncluded(translate(missingPlan))}>
          <PlansButton />
        </EmptyState>
      </Card>
    );
  }
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <div class="grid grid-cols-1 gap-6">
        {refused?.problem ? <Alert kind="error">{refused.problem}</Alert> : null}
        {isSigned ? null : <Alert kind="warning">{text.unsignedNotice}</Alert>}
        {domain ? <Notice domain={domain} /> : null}
        {domain ? <StatusCard domain={domain} now={now} /> : null}
        {domain ? <RecordsCard domain={domain} /> : null}
        <DomainForm domain={domain} refused={refused} />
      </div>
    </>
  );
}

function Notice({ domain: { status, records } }: { domain: SendingDomain }) {
  const text = sendingDomainText.use();
  if (status === "lost") return <Alert kind="error">{text.lostNotice}</Alert>;
  if (status !== "verified") return null;
  const isFound = (wanted: RecordPurpose) =>
    records.some(({ purpose, state }) => purpose === wanted && state === "found");
  if (!isFound("dkim")) return <Alert kind="warning">{text.missingNotice}</Alert>;
  return isFound("dmarc") ? null : <Alert kind="warning">{text.policyNotice}</Alert>;
}

function StatusCard(
  { domain: { domain, status, from, checkedAt }, now }: { domain: SendingDomain; now: Date },
) {
  const text = sendingDomainText.use();
  const check = (
    <form method="post" action={`${SENDING_DOMAIN_PATH}/check`}>
      <Button size="small" variant={status === "verified" ? "secondary" : "primary"}>{text.check}</Button>
    </form>
  );
  return (
    <Card title={domain} action={check}>
      <DescriptionList
        facts={[
          { term: text.status, value: <Status status={status} /> },
          { term: text.from, value: <span dir="auto">{`${from.name} <${from.address}>`}</span> },
          { term: text.checked, value: checkedAt ? <Instant at={checkedAt} now={now} /> : text.neverChecked },
        ]}
      />
    </Card>
  );
}

function Status({ status }: Pick<SendingDomain, "status">) {
  const { statuses } = sendingDomainText.use();
  if (status === "verified") return <>{statuses.verified}</>;
  return <Badge tone={status === "lost" ? "danger" : "info"}>{statuses[status]}</Badge>;
}

function DomainForm({ domain, refused }: Pick<SendingDomainPageProps, "domain" | "refused">) {
  const text = sendingDomainText.use();
  const { values = {}, errors = {} } = refused ?? {};
  return (
    <Card title={domain ? text.change : text.set}>
      <form method="post" action={SENDING_DOMAIN_PATH} novalidate class="grid gap-5">
        {domain ? <p class="text-muted">{text.changeNote}</p> : null}
        <TextField
          id="domain"
          name="domain"
          label={text.domain}
          hint={text.domainHint}
          value={values.domain ?? domain?.domain}
          error={errors.domain}
          autofocus={errors.domain ? true : undefined}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          inputmode="url"
          dir="ltr"
        />
        <TextField
          id="sender"
          name="sender"
          label={text.sender}
          hint={text.senderHint}
          value={values.sender ?? domain?.sender ?? "news"}
          error={errors.sender}
          suffix={text.senderSuffix(domain?.domain ?? text.yourDomain)}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          dir="ltr"
        />
        <div class="flex flex-wrap gap-2">
          <Button variant={domain ? "secondary" : "primary"}>{domain ? text.save : text.add}</Button>
          {domain
            ? <ButtonLink href={`${SENDING_DOMAIN_PATH}/remove`} variant="quiet">{text.remove}</ButtonLink>
            : null}
        </div>
      </form>
    </Card>
  );
}
