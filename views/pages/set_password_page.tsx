import { Button } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { hx } from "../components/hx.ts";
import { Waiting } from "../components/skeleton.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

export type SetPasswordFormProps = { token: string; errors?: Record<string, string> };

/** `/reset-password`, reached by a one-time link. */
export function SetPasswordPage(props: SetPasswordFormProps) {
  return (
    <FormColumn
      title="Choose a password"
      lead="The new password signs you out everywhere else."
    >
      <SetPasswordForm {...props} />
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the password is rejected. */
export function SetPasswordForm({ token, errors = {} }: SetPasswordFormProps) {
  return (
    <form
      id="set-password-form"
      method="post"
      action="/reset-password"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/reset-password", target: "this", swap: "outerHTML", disable: "find button" })}
    >
      <input type="hidden" name="token" value={token} />
      <TextField
        id="password"
        name="password"
        type="password"
        label="New password"
        hint="At least 12 characters. Try three or four random words."
        error={errors.password}
        autocomplete="new-password"
        autofocus
      />
      <Button variant="primary" size="large">
        Save password
        <Waiting />
      </Button>
    </form>
  );
}
