import { Button } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { hx } from "../components/hx.ts";
import { TextLink } from "../components/link.tsx";
import { Waiting } from "../components/skeleton.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

export type ForgotPasswordFormProps = { values?: { email?: string }; errors?: Record<string, string> };

/** `/forgot-password`: asks for the email address that gets the password link. */
export function ForgotPasswordPage(props: ForgotPasswordFormProps) {
  return (
    <FormColumn
      title="Forgot your password?"
      lead="Enter your email. We'll send you a link to choose a new password."
    >
      <ForgotPasswordForm {...props} />
      <p class="text-muted">
        <TextLink href="/login">Back to sign in</TextLink>
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the address is invalid. */
export function ForgotPasswordForm({ values = {}, errors = {} }: ForgotPasswordFormProps) {
  return (
    <form
      id="forgot-password-form"
      method="post"
      action="/forgot-password"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/forgot-password", target: "this", swap: "outerHTML", disable: "find button" })}
    >
      <TextField
        id="email"
        name="email"
        type="email"
        label="Email"
        value={values.email}
        error={errors.email}
        autocomplete="username"
        autofocus
      />
      <Button variant="primary" size="large">
        Send link
        <Waiting />
      </Button>
    </form>
  );
}
