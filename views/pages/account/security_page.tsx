import type { FieldErrors } from "../../../src/errors.ts";
import type { StepUpWay } from "../../../src/identity/step_up.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { StepUpFields } from "../step_up/step_up_page.tsx";
import { FactorsCard, type FactorsCardProps } from "./factors_card.tsx";
import { IdentitiesCard, type IdentitiesCardProps } from "./identities_card.tsx";
import { accountText } from "./text.ts";

export type SecurityPageProps = FactorsCardProps & IdentitiesCardProps & {
  email: string;
  hasPassword: boolean;
  /** How the person has to prove who they are before they change the password. Null if they have just done so. */
  stepUp: StepUpWay | null;
  /** Why the person was sent here. */
  notice?: string;
  errors?: FieldErrors;
};

/** `/account/security`: a person's password and second factors. */
export function SecurityPage(
  { email, hasPassword, stepUp, notice, errors = {}, identities, providers, ...factors }: SecurityPageProps,
) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.securityLead}</PageLead>
      <div class="grid grid-cols-1 gap-6">
        {notice ? <Alert kind="info">{notice}</Alert> : null}
        <FactorsCard {...factors} />
        <IdentitiesCard identities={identities} providers={providers} now={factors.now} />
        {hasPassword ? <PasswordCard email={email} stepUp={stepUp} errors={errors} /> : <NoPasswordCard />}
      </div>
    </>
  );
}

function NoPasswordCard() {
  const text = accountText.use();
  const { apexUrl } = usePage();
  const link = <TextLink href={`${apexUrl}/forgot-password`}>{text.setPassword}</TextLink>;
  return <Card title={text.password}>{fill(text.noPassword, { link })}</Card>;
}

/** A passkey can't be entered beside the passwords, and a code has to be sent first. */
function ConfirmFirstCard() {
  const text = accountText.use();
  return (
    <Card title={text.password} note={text.passwordNote}>
      <div class="grid justify-items-start gap-4">
        <p class="text-muted">{text.confirmFirst}</p>
        <ButtonLink href="/reauthenticate?next=/account/security">{text.confirmIdentity}</ButtonLink>
      </div>
    </Card>
  );
}

function PasswordCard(
  { email, stepUp, errors = {} }: Pick<SecurityPageProps, "email" | "stepUp" | "errors">,
) {
  const text = accountText.use();
  const { apexUrl } = usePage();
  if (stepUp?.by === "code" && !canBeEntered(stepUp)) return <ConfirmFirstCard />;
  return (
    <Card title={text.password} note={text.passwordNote}>
      <form method="post" action="/account/security" novalidate class="grid gap-5">
        <input type="email" value={email} autocomplete="username" readonly hidden />
        <PasswordField
          id="current-password"
          name="current_password"
          label={text.currentPassword}
          error={errors.current_password}
          autofocus={errors.current_password ? true : undefined}
        />
        <PasswordField
          id="new-password"
          name="new_password"
          label={text.newPassword}
          error={errors.new_password}
          autofocus={errors.new_password && !errors.current_password ? true : undefined}
          isNew
        />
        {stepUp?.by === "code"
          ? (
            <>
              <input type="hidden" name="step_up" value="confirm" />
              <StepUpFields way={stepUp} email={email} />
            </>
          )
          : null}
        <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
          <Button variant="primary">{text.changePassword}</Button>
          <TextLink href={`${apexUrl}/forgot-password`}>{text.forgotten}</TextLink>
        </div>
      </form>
    </Card>
  );
}

/** Whether the person has a code at hand. */
function canBeEntered({ kinds: [strongest], hasPasskey }: Extract<StepUpWay, { by: "code" }>): boolean {
  return !hasPasskey && strongest !== "sms" && strongest !== "email";
}
