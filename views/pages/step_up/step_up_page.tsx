import type { FieldErrors } from "../../../src/errors.ts";
import type { StepUpWay } from "../../../src/identity/step_up.ts";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { stepUpText } from "./text.ts";

export type StepUpPageProps = {
  way: StepUpWay;
  /** The form that the person sent. It is sent again with the proof. */
  action: string;
  fields: Record<string, string>;
  email: string;
  errors?: FieldErrors;
  problem?: string;
  /** Whether the layout shows the title. */
  isTitled?: boolean;
};

/** Asks a person to prove again who they are, then goes on with what they were doing. */
export function StepUpPage({ way, action, fields, email, errors, problem, isTitled }: StepUpPageProps) {
  const text = stepUpText.use();
  const asked = way.by === "password" ? "password" : way.kinds[0] ?? "recovery";
  const canEmail = way.by === "code" && way.kinds.includes("email");
  return (
    <div class={`grid w-full max-w-md grid-cols-1 gap-4 ${isTitled ? "" : "mx-auto"}`}>
      {isTitled ? null : <h1 class="text-2xl font-semibold tracking-tighter">{text.title}</h1>}
      <p class="text-muted">{text.lead[asked]}</p>
      <Card>
        <form id="step-up-form" method="post" action={action} novalidate class="grid gap-5">
          {Object.entries(fields).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          <StepUpFields way={way} email={email} errors={errors} autofocus />
          <div class="flex flex-wrap items-center gap-3">
            <Button id="step-up-button" name="step_up" value="confirm" variant="primary">
              {text.confirm}
            </Button>
            {canEmail
              ? (
                <Button name="step_up" value="email">
                  {way.isEmailed ? text.resendCode : text.emailCode}
                </Button>
              )
              : null}
          </div>
        </form>
      </Card>
      <p class="text-sm text-muted">{text.kept}</p>
    </div>
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
    const hint = way.kinds.includes("recovery") && way.kinds[0] !== "recovery"
      ? text.recoveryHint
      : undefined;
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
