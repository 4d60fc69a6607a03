import { Button } from "../../components/button.tsx";
import { CodeField } from "../../components/code_field.tsx";
import { hx } from "../../components/hx.ts";
import { PasswordField } from "../../components/password_field.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { passwordText } from "./text.ts";

export type SetPasswordFormProps = {
  token: string;
  address: string;
  /** The account has no password yet. */
  isFirst: boolean;
  /** The account has a second factor. */
  asksForCode: boolean;
  errors?: Record<string, string>;
};

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
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the password is rejected. Password managers read the address. */
export function SetPasswordForm({ token, address, isFirst, asksForCode, errors = {} }: SetPasswordFormProps) {
  const text = passwordText.use();
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
      {asksForCode
        ? (
          <CodeField
            id="code"
            name="code"
            label={text.code}
            hint={text.codeHint}
            error={errors.code}
            autofocus={errors.code ? true : undefined}
          />
        )
        : null}
      <Button class="save-button" variant="primary" size="large">
        {isFirst ? text.saveAndContinue : text.savePassword}
        <Waiting />
      </Button>
    </form>
  );
}
