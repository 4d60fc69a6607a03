import type { OpenSecondStep } from "../../../src/identity/second_step.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { Divider } from "../../components/divider.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { TextCodeButton } from "../../components/text_code_button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { PasskeySignIn } from "./passkey_sign_in.tsx";
import { signInText } from "./text.ts";

export type SecondStepFormProps =
  & Pick<
    OpenSecondStep,
    "kinds" | "hasPasskey" | "isEmailed" | "isTexted" | "phones" | "canTrust" | "withoutEmail"
  >
  & {
    error?: string;
    isTrusting?: boolean;
  };

type SecondStepPageProps = SecondStepFormProps & Pick<OpenSecondStep, "next" | "remember"> & {
  /** On a workspace's host: the page on the apex that takes the passkey. */
  passkeyHref?: string;
};

/** `/login/mfa`: asks for a second factor after the password. */
export function SecondStepPage({ passkeyHref, next, remember, ...form }: SecondStepPageProps) {
  const text = signInText.use();
  const { kinds, hasPasskey, isEmailed, isTexted, phones, withoutEmail } = form;
  const asked = hasPasskey ? "passkey" : kinds[0] ?? "recovery";
  const values = { next: next ?? undefined, remember: remember ? "on" : "off" };
  return (
    <FormColumn
      title={text.stepTitle}
      lead={asked === "sms" && !isTexted ? text.askForText : text.stepLead[asked]}
    >
      {hasPasskey ? <PasskeySignIn href={passkeyHref} values={values} variant="primary" /> : null}
      {hasPasskey && kinds.length > 0 ? <Divider>{text.or}</Divider> : null}
      {withoutEmail && !hasPasskey
        ? <Alert kind="info">{withoutEmail.hasPassword ? text.notByEmail : text.onlyRecovery}</Alert>
        : null}
      {kinds.length > 0 ? <SecondStepForm {...form} /> : null}
      <div class="flex flex-wrap items-center justify-between gap-3">
        {phones.map((phone) => (
          <form key={phone.id} method="post" action="/login/mfa/sms">
            <input type="hidden" name="phone" value={phone.id} />
            <TextCodeButton phone={phone} phones={phones} isTexted={isTexted} />
          </form>
        ))}
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
export function SecondStepForm(
  { kinds, hasPasskey, isEmailed, isTexted, canTrust, error, isTrusting }: SecondStepFormProps,
) {
  const text = signInText.use();
  const [strongest = "recovery"] = kinds;
  const canRecover = kinds.includes("recovery") && strongest !== "recovery";
  const isSent = strongest === "sms" ? isTexted : strongest === "email" ? isEmailed : true;
  const hint = hasPasskey && isSent ? text.stepLead[strongest] : canRecover ? text.recoveryHint : undefined;
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
        hint={hint}
        error={error}
        autofocus={!hasPasskey || undefined}
      />
      {canTrust ? <Checkbox id="trust" name="trust" label={text.trust} checked={isTrusting} /> : null}
      <Button id="mfa-button" class="mfa-button" variant={hasPasskey ? "secondary" : "primary"} size="large">
        {text.verify}
        <Waiting />
      </Button>
    </form>
  );
}
