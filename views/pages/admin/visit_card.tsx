import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { SelectField } from "../../components/select.tsx";
import { Clock, Instant } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import type { TenantPageProps } from "./tenant_page.tsx";
import { tenantText } from "./tenant_text.ts";

const MAX_REASON_LENGTH = 500;

/** What the page shows about acting for a tenant's members. */
export type TenantSupport = {
  grant: { access: "read" | "change"; note: string; expiresAt: Date } | null;
  /** Whether the operator's policy allows a visit without a grant. */
  needsConsent: boolean;
  visit: { memberName: string; access: "read" | "change"; expiresAt: Date } | null;
  members: { id: string; name: string }[];
};

type VisitCardProps = {
  tenantId: string;
  support: TenantSupport;
  now: Date;
  form?: TenantPageProps["startVisit"];
};

/** Starts, opens and ends a visit in which the person acts for a member. */
export function VisitCard({ tenantId, support, now, form }: VisitCardProps) {
  const text = tenantText.use();
  const { grant, visit, needsConsent } = support;
  const action = `/admin/tenants/${tenantId}/visit`;
  if (visit) return <OpenVisit action={action} visit={visit} />;
  if (!grant && needsConsent) {
    return (
      <Card title={text.support}>
        <p class="text-muted">{text.noConsent}</p>
      </Card>
    );
  }
  return (
    <Card title={text.support}>
      <form method="post" action={action} novalidate class="grid gap-4">
        {grant ? <Consent grant={grant} now={now} /> : <p class="text-muted">{text.withoutConsent}</p>}
        <SelectField
          id="member-id"
          name="member_id"
          label={text.member}
          options={support.members.map(({ id, name }) => ({ value: id, label: name, isTyped: true }))}
          value={form?.values.member_id}
          error={form?.errors.member_id}
        />
        <TextAreaField
          id="visit-reason"
          name="reason"
          label={text.reason}
          hint={text.visitReasonHint}
          rows={3}
          maxlength={MAX_REASON_LENGTH}
          value={form?.values.reason}
          error={form?.errors.reason}
          autofocus={form ? true : undefined}
        />
        <div>
          <Button>{text.viewAsMember}</Button>
        </div>
      </form>
    </Card>
  );
}

function OpenVisit({ action, visit }: { action: string; visit: NonNullable<TenantSupport["visit"]> }) {
  const text = tenantText.use();
  const names = { member: <bdi>{visit.memberName}</bdi>, time: <Clock at={visit.expiresAt} /> };
  return (
    <Card title={text.support}>
      <p>{fill(visit.access === "read" ? text.visitReading : text.visitChanging, names)}</p>
      <div class="mt-4 flex flex-wrap gap-2">
        <ButtonLink href={action} variant="primary">{text.openWorkspace}</ButtonLink>
        <form method="post" action={`${action}/end`}>
          <Button>{text.endVisit}</Button>
        </form>
      </div>
    </Card>
  );
}

function Consent({ grant, now }: { grant: NonNullable<TenantSupport["grant"]>; now: Date }) {
  const text = tenantText.use();
  return (
    <>
      <div class="text-muted">
        {grant.access === "read" ? text.consentToRead : text.consentToChange}{" "}
        <Instant at={grant.expiresAt} now={now} />
      </div>
      {grant.note
        ? <p class="border-s-2 border-line ps-3 whitespace-pre-line wrap-anywhere" dir="auto">{grant.note}</p>
        : null}
    </>
  );
}
