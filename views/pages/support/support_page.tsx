import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Pagination } from "../../components/pagination.tsx";
import { SelectField } from "../../components/select.tsx";
import { Instant } from "../../components/time.tsx";
import { supportText } from "./text.ts";
import { type ShownVisit, VisitList } from "./visit_list.tsx";

const MAX_NOTE_LENGTH = 500;

export type ShownGrant = {
  access: "read" | "change";
  note: string;
  grantedBy: { name: string } | null;
  expiresAt: Date;
};

export type SupportPageProps = {
  grant: ShownGrant | null;
  /** One page of the visits. */
  visits: ShownVisit[];
  pages: { previousHref: string | null; nextHref: string | null };
  hasOpenVisit: boolean;
  now: Date;
  /** A form with errors. */
  form?: { values: { access?: string; duration?: string; note?: string }; errors: FieldErrors };
};

/** `/settings/support`: gives the platform's staff access, revokes it, and lists their visits. */
export function SupportPage({ grant, visits, pages, hasOpenVisit, now, form }: SupportPageProps) {
  const text = supportText.use();
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <div class="grid gap-6">
        {grant ? <GrantCard grant={grant} now={now} /> : null}
        {!grant && hasOpenVisit ? <OpenVisitCard /> : null}
        {grant ? null : <GiveCard form={form} />}
        <Card title={text.visits} flush>
          <VisitList visits={visits} now={now} />
          <Pagination label={text.visitPages} {...pages} />
        </Card>
      </div>
    </>
  );
}

function GrantCard({ grant: { access, note, grantedBy, expiresAt }, now }: { grant: ShownGrant; now: Date }) {
  const text = supportText.use();
  const facts = [
    { term: text.facts.access, value: text.accesses[access] },
    { term: text.facts.ends, value: <Instant at={expiresAt} now={now} /> },
    { term: text.facts.givenBy, value: <bdi>{grantedBy?.name ?? text.formerMember}</bdi> },
    ...(note
      ? [{
        term: text.facts.note,
        value: <span class="whitespace-pre-line wrap-anywhere" dir="auto">{note}</span>,
      }]
      : []),
  ];
  return (
    <Card title={text.current}>
      <DescriptionList facts={facts} />
      <form method="post" action="/settings/support/revocation" class="mt-5">
        <Button variant="danger">{text.revoke}</Button>
      </form>
    </Card>
  );
}

/** For a visit that the operator's policy allows without the workspace's consent. */
function OpenVisitCard() {
  const text = supportText.use();
  return (
    <Card title={text.current}>
      <p class="text-muted">{text.withoutConsent}</p>
      <form method="post" action="/settings/support/revocation" class="mt-5">
        <Button variant="danger">{text.endVisit}</Button>
      </form>
    </Card>
  );
}

function GiveCard({ form }: Pick<SupportPageProps, "form">) {
  const text = supportText.use();
  return (
    <Card title={text.give}>
      <form method="post" action="/settings/support" novalidate class="grid gap-5">
        <p class="text-muted">{text.limits}</p>
        <SelectField
          id="access"
          name="access"
          label={text.access}
          hint={text.accessHint}
          options={optionsOf(text.accesses)}
          value={form?.values.access ?? "read"}
          error={form?.errors.access}
        />
        <SelectField
          id="duration"
          name="duration"
          label={text.duration}
          options={optionsOf(text.durations)}
          value={form?.values.duration ?? "day"}
          error={form?.errors.duration}
        />
        <TextAreaField
          id="note"
          name="note"
          label={text.note}
          hint={text.noteHint}
          optional
          rows={3}
          maxlength={MAX_NOTE_LENGTH}
          value={form?.values.note}
          error={form?.errors.note}
          dir="auto"
        />
        <div>
          <Button variant="primary">{text.submit}</Button>
        </div>
      </form>
    </Card>
  );
}

function optionsOf(labels: Record<string, string>) {
  return Object.entries(labels).map(([value, label]) => ({ value, label }));
}
