import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { formatCount } from "../../components/count.ts";
import { TextAreaField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { SearchField } from "../../components/search_field.tsx";
import { type Option, SelectField } from "../../components/select.tsx";
import { Clock, Instant } from "../../components/time.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import type { TenantPageProps } from "./tenant_page.tsx";
import { tenantText } from "./tenant_text.ts";

const MAX_REASON_LENGTH = 500;
const CHOICE_ID = "member-choice";

/** What the page shows about acting for a tenant's members. */
export type TenantSupport = {
  grant: { access: "read" | "change"; note: string; expiresAt: Date } | null;
  /** Whether the operator's policy allows a visit without a grant. */
  needsConsent: boolean;
  visit: { memberName: string; access: "read" | "change"; expiresAt: Date } | null;
  members: FoundMembers;
};

/** The first members that a search finds, out of `total`. An empty search finds all. */
export type FoundMembers = {
  search: string;
  members: { id: string; name: string; email: string }[];
  total: number;
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
  const { grant, visit, needsConsent, members } = support;
  const isLong = members.search !== "" || members.total > members.members.length;
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
      <div class="mb-4 grid gap-4">
        {grant ? <Consent grant={grant} now={now} /> : <p class="text-muted">{text.withoutConsent}</p>}
      </div>
      {isLong ? <MemberSearch path={`/admin/tenants/${tenantId}`} search={members.search} /> : null}
      <form method="post" action={action} novalidate class="grid gap-4">
        <MemberChoice members={members} chosen={form?.values.member_id} error={form?.errors.member_id} />
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

/** Narrows the members to choose from. Without JavaScript, it has a button. */
function MemberSearch({ path, search }: { path: string; search: string }) {
  const text = tenantText.use();
  const inPlace = hx({
    get: path,
    trigger: "input delay:250ms, submit",
    target: `#${CHOICE_ID}`,
    swap: "outerMorph",
    sync: "this:replace",
    indicator: "#member-searching",
  });
  return (
    <form method="get" action={path} role="search" class="mb-4 flex gap-2" {...inPlace}>
      <SearchField name="member" label={text.findMember} value={search} indicator="member-searching" />
      <noscript>
        <Button size="small">{text.find}</Button>
      </noscript>
    </form>
  );
}

/** The members that were found. htmx replaces them while staff search. */
export function MemberChoice(
  { members: { search, members, total }, chosen, error }: {
    members: FoundMembers;
    chosen?: string;
    error?: string;
  },
) {
  const text = tenantText.use();
  const { locale } = usePage();
  const shown = text.membersShown(formatCount(members.length, locale), formatCount(total, locale));
  return (
    <div id={CHOICE_ID}>
      <input type="hidden" name="member" value={search} />
      <SelectField
        id="member-id"
        name="member_id"
        label={text.member}
        hint={total === 0 ? text.noMember : total > members.length ? shown : undefined}
        options={optionsOf(members)}
        value={chosen}
        error={error}
      />
    </div>
  );
}

/** People with the same name also show their emails. */
function optionsOf(members: FoundMembers["members"]): Option[] {
  const names = new Map<string, number>();
  for (const { name } of members) names.set(name, (names.get(name) ?? 0) + 1);
  return members.map(({ id, name, email }) => ({
    value: id,
    label: names.get(name)! > 1 ? `${name} (${email})` : name,
    isTyped: true,
  }));
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
