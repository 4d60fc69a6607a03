import type { OpenSecondStep } from "../../../src/identity/second_step.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { signInText } from "./text.ts";

export type SecondStepFormProps = Omit<OpenSecondStep, "next"> & {
  /** The path to open after the sign-in. */
  next?: string | null;
  error?: string;
  isTrusting?: boolean;
};

/** `/login/mfa`: asks for a second factor after the password. */
export function SecondStepPage(form: SecondStepFormProps) {
  const text = signInText.use();
  const { kinds, isEmailed, withoutEmail, next } = form;
  return (
    <FormColumn title={text.stepTitle} lead={text.stepLead[kinds[0] ?? "recovery"]}>
      {withoutEmail
        ? <Alert kind="info">{withoutEmail.hasPassword ? text.notByEmail : text.onlyRecovery}</Alert>
        : null}
      <SecondStepForm {...form} />
      <div class="flex flex-wrap items-center justify-between gap-3">
        {kinds.includes("email")
          ? (
            <form method="post" action="/login/mfa/email">
              <Button>{isEmailed ? text.resendCode : text.emailCode}</Button>
            </form>
          )
          : null}
        {withoutEmail?.hasPassword
          ? <ButtonLink href={passwordHref(withoutEmail.address, next)}>{text.usePassword}</ButtonLink>
          : null}
        <TextLink href="/login">{text.otherAccount}</TextLink>
      </div>
    </FormColumn>
  );
}

function passwordHref(email: string, next?: string | null): string {
  return `/login?${new URLSearchParams({ email, ...(next ? { next } : {}) })}`;
}

/** Only the form. htmx gets it with 422 if the code is wrong. */
export function SecondStepForm({ kinds, canTrust, error, isTrusting }: SecondStepFormProps) {
  const text = signInText.use();
  return (
    <form
      id="second-step-form"
      method="post"
      action="/login/mfa"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/login/mfa", target: "this", swap: "outerHTML", disable: "find .mfa-button" })}
    >
      <CodeField
        id="code"
        name="code"
        label={text.code}
        hint={kinds.includes("recovery") && kinds[0] !== "recovery" ? text.recoveryHint : undefined}
        error={error}
        autofocus
      />
      {canTrust ? <Checkbox id="trust" name="trust" label={text.trust} checked={isTrusting} /> : null}
      <Button id="mfa-button" class="mfa-button" variant="primary" size="large">
        {text.verify}
        <Waiting />
      </Button>
    </form>
  );
}
