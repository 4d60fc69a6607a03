import type { LinkStep } from "../../../src/identity/password_link_codes.ts";
import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { hx } from "../../components/hx.ts";
import { PasswordField } from "../../components/password_field.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { TextCodeButton } from "../../components/text_code_button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { passwordText } from "./text.ts";

export type SetPasswordFormProps = {
  token: string;
  address: string;
  /** The account has no password yet. */
  isFirst: boolean;
  /** The account's second factor, if it has one. */
  step: LinkStep | null;
  /** Why no code could be texted. */
  problem?: string;
  errors?: Record<string, string>;
};

const AREA_ID = "text-code";
const SMS_PATH = "/reset-password/sms";

/** `/reset-password`, reached by a one-time link. */
export function SetPasswordPage(props: SetPasswordFormProps) {
  const text = passwordText.use();
  const address = <strong class="font-medium text-ink wrap-anywhere">{props.address}</strong>;
  return (
    <FormColumn
      title={text.chooseTitle}
      lead={fill(props.isFirst ? text.firstLead : text.chooseLead, { address })}
    >
      <SetPasswordForm {...props} />
      {props.step?.phones.map(({ id }) => <TextForm key={id} token={props.token} phone={id} />)}
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the password is rejected. Password managers read the address. */
export function SetPasswordForm(
  { token, address, isFirst, step, problem, errors = {} }: SetPasswordFormProps,
) {
  const text = passwordText.use();
  const hasPhones = step !== null && step.phones.length > 0;
  return (
    <form
      id="set-password-form"
      method="post"
      action="/reset-password"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/reset-password", target: "this", swap: "outerHTML", disable: "find .save-button" })}
    >
      <input type="hidden" name="token" value={token} />
      <input type="email" name="email" value={address} autocomplete="username" readonly hidden />
      <PasswordField
        isNew
        id="password"
        name="password"
        label={text.newPassword}
        error={errors.password}
        autofocus={errors.code ? undefined : true}
      />
      {step
        ? (
          <CodeField
            id="code"
            name="code"
            label={text.code}
            hint={text.codeHints[step.kinds[0] ?? "recovery"]}
            error={errors.code}
            autofocus={errors.code ? true : undefined}
          />
        )
        : null}
      {hasPhones ? <TextCodeArea step={step} problem={problem} /> : null}
      <Button class="save-button" variant="primary" size="large">
        {isFirst ? text.saveAndContinue : text.savePassword}
        <Waiting />
      </Button>
    </form>
  );
}

/** The buttons that text a code. htmx replaces only them, so the password that was typed stays. */
export function TextCodeArea(
  { step: { phones, isTexted }, problem }: { step: LinkStep; problem?: string },
) {
  const { codeTexted } = passwordText.use();
  return (
    <div id={AREA_ID} class="-mt-2 grid gap-3">
      <div class="flex flex-wrap gap-2">
        {phones.map((phone) => (
          <TextCodeButton
            key={phone.id}
            form={formIdOf(phone.id)}
            phone={phone}
            phones={phones}
            isTexted={isTexted}
          />
        ))}
      </div>
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      {isTexted && !problem ? <p role="status" class="text-sm text-muted">{codeTexted}</p> : null}
    </div>
  );
}

/** A form can't contain another one, so the button of this one names it. */
function TextForm({ token, phone }: { token: string; phone: string }) {
  const inPlace = hx({ post: SMS_PATH, target: `#${AREA_ID}`, swap: "outerMorph" });
  return (
    <form id={formIdOf(phone)} method="post" action={SMS_PATH} {...inPlace}>
      <input type="hidden" name="token" value={token} />
      <input type="hidden" name="phone" value={phone} />
    </form>
  );
}

function formIdOf(phone: string): string {
  return `text-code-${phone}`;
}
