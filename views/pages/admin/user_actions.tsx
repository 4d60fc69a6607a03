import type { FieldErrors } from "../../../src/errors.ts";
import type { PersonDetails, PersonRecord } from "../../../src/identity/people.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { USERS } from "./user_list.tsx";
import { userText } from "./user_text.ts";

const MAX_REASON_LENGTH = 500;

/** What staff can do for a person. Each has a page that asks for confirmation. */
export type UserAction = keyof ReturnType<typeof userText.use>["actions"];

/** The actions that make sense for a person right now. */
export function RecoveryCard(
  { person, factors }: Pick<PersonRecord, "person" | "factors">,
) {
  const text = userText.use();
  const hasFactors = factors.length > 0;
  const actions: UserAction[] = [
    ...(person.emailVerifiedAt ? [] : ["confirmation-email" as const]),
    "password-link",
    "sign-out",
    ...(hasFactors && !person.isPlatformAdmin ? ["disable-factors" as const] : []),
  ];
  return (
    <Card title={text.help}>
      <div class="grid gap-3">
        <p class="text-muted">{text.helpLead}</p>
        {actions.map((action) => (
          <ButtonLink key={action} href={pathOf(person, action)}>{text.actions[action].title}</ButtonLink>
        ))}
        {hasFactors && person.isPlatformAdmin ? <p class="text-sm text-muted">{text.staffFactors}</p> : null}
      </div>
    </Card>
  );
}

export type UserActionPageProps = {
  person: PersonDetails;
  action: UserAction;
  /** A form with errors. */
  form?: { values: { reason?: string }; errors: FieldErrors };
};

/** `/admin/users/:id/ACTION`: asks for confirmation, and for a reason where the log needs one. */
export function UserActionPage({ person, action, form }: UserActionPageProps) {
  const text = userText.use();
  const { lead, button } = text.actions[action];
  const needsReason = action === "disable-factors";
  return (
    <div class="max-w-160">
      <Card>
        <form method="post" action={pathOf(person, action)} novalidate class="grid gap-5">
          <p class="text-muted wrap-anywhere">{lead(person.email)}</p>
          {needsReason
            ? (
              <TextAreaField
                id="reason"
                name="reason"
                label={text.reason}
                hint={text.reasonHint}
                rows={3}
                maxlength={MAX_REASON_LENGTH}
                value={form?.values.reason}
                error={form?.errors.reason}
                autofocus={form ? true : undefined}
              />
            )
            : null}
          <div class="flex flex-wrap gap-2">
            <Button variant={needsReason ? "danger" : "primary"}>{button}</Button>
            <ButtonLink href={`${USERS.path}/${person.id}`}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

function pathOf({ id }: Pick<PersonDetails, "id">, action: UserAction): string {
  return `${USERS.path}/${id}/${action}`;
}
