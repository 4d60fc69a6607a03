import type { FieldErrors } from "../../../src/errors.ts";
import type { StepUpWay } from "../../../src/identity/step_up.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { Divider } from "../../components/divider.tsx";
import { PasskeyForm } from "../../components/passkey_form.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { TextCodeButton } from "../../components/text_code_button.tsx";
import { stepUpText } from "./text.ts";

export type StepUpPageProps = {
  way: StepUpWay;
  /** On a workspace's host: the page on the apex that takes the passkey. */
  passkeyHref?: string;
  /** The form that the person sent. It is sent again with the proof. */
  action: string;
  fields: Record<string, string>;
  email: string;
  errors?: FieldErrors;
  problem?: string;
  /** Whether the form had a password, which isn't sent again. */
  losesPassword?: boolean;
  /** Whether the layout shows the title. */
  isTitled?: boolean;
};

/** Asks a person to prove again who they are, then goes on with what they were doing. */
export function StepUpPage({ isTitled, ...props }: StepUpPageProps) {
  const text = stepUpText.use();
  const { way, problem } = props;
  const hasPasskey = way.by === "code" && way.hasPasskey;
  const hasFields = way.by === "password" || way.kinds.length > 0;
  const asked = way.by === "password" ? "password" : hasPasskey ? "passkey" : way.kinds[0] ?? "recovery";
  return (
    <div class={`grid w-full max-w-md grid-cols-1 gap-4 ${isTitled ? "" : "mx-auto"}`}>
      {isTitled ? null : <h1 class="text-2xl font-semibold tracking-tighter">{text.title}</h1>}
      <p class="text-muted">{text.lead[asked]}</p>
      <Card>
        <div class="grid gap-5">
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          {hasPasskey ? <PasskeyProof {...props} /> : null}
          {hasPasskey && hasFields ? <Divider>{text.or}</Divider> : null}
          {hasFields ? <StepUpForm {...props} isSecondary={hasPasskey} /> : null}
        </div>
      </Card>
      <p class="text-sm text-muted">
        {hasPasskey && props.passkeyHref ? text.back : props.losesPassword ? text.keptButPassword : text.kept}
      </p>
    </div>
  );
}

/** On a workspace's host, the apex takes the passkey, so what the person entered in a form is lost. */
function PasskeyProof({ passkeyHref, action, fields }: StepUpPageProps) {
  const { usePasskey } = stepUpText.use();
  if (passkeyHref) {
    return <ButtonLink href={passkeyHref} variant="primary" icon="key">{usePasskey}</ButtonLink>;
  }
  return (
    <PasskeyForm
      id="step-up-passkey"
      action={action}
      options="/reauthenticate/passkey/options"
      field="step_up_passkey"
      values={{ ...fields, step_up: "passkey" }}
      label={usePasskey}
      variant="primary"
    />
  );
}

function StepUpForm(
  { way, action, fields, email, errors, isSecondary }: StepUpPageProps & { isSecondary: boolean },
) {
  const text = stepUpText.use();
  const { phones, isTexted } = way.by === "code" ? way : { phones: [], isTexted: false };
  const canEmail = way.by === "code" && way.kinds.includes("email");
  return (
    <form id="step-up-form" method="post" action={action} novalidate class="grid gap-5">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <StepUpFields way={way} email={email} errors={errors} autofocus={!isSecondary || undefined} />
      <div class="flex flex-wrap items-center gap-3">
        <Button
          id="step-up-button"
          name="step_up"
          value="confirm"
          variant={isSecondary ? "secondary" : "primary"}
        >
          {text.confirm}
        </Button>
        {phones.map((phone) => (
          <TextCodeButton
            key={phone.id}
            name="step_up_phone"
            value={phone.id}
            phone={phone}
            phones={phones}
            isTexted={isTexted}
          />
        ))}
        {canEmail
          ? <Button name="step_up" value="email">{way.isEmailed ? text.resendCode : text.emailCode}</Button>
          : null}
      </div>
    </form>
  );
}

/** The field of the proof. A form of its own can contain it, with a hidden field `step_up`. */
export function StepUpFields(
  { way, email, errors = {}, autofocus }: Pick<StepUpPageProps, "way" | "email" | "errors"> & {
    autofocus?: boolean;
  },
) {
  const text = stepUpText.use();
  if (way.by === "code") {
    const [strongest = "recovery"] = way.kinds;
    const canRecover = way.kinds.includes("recovery") && strongest !== "recovery";
    const hint = way.hasPasskey ? text.lead[strongest] : canRecover ? text.recoveryHint : undefined;
    return (
      <CodeField
        id="step-up-code"
        name="step_up_code"
        label={text.code}
        hint={hint}
        error={errors.code}
        autofocus={autofocus}
      />
    );
  }
  return (
    <>
      <input type="email" value={email} autocomplete="username" readonly hidden />
      <PasswordField
        id="step-up-password"
        name="step_up_password"
        label={text.password}
        error={errors.password}
        autofocus={autofocus}
      />
    </>
  );
}
