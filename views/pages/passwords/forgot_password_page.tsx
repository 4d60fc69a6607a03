import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { passwordText } from "./text.ts";

export type ForgotPasswordFormProps = {
  values?: { email?: string };
  errors?: Record<string, string>;
  /** What is wrong with the whole form. */
  problem?: string;
};

/** `/forgot-password`: asks for the email address that gets the password link. */
export function ForgotPasswordPage(props: ForgotPasswordFormProps) {
  const text = passwordText.use();
  return (
    <FormColumn title={text.forgotTitle} lead={text.forgotLead}>
      <ForgotPasswordForm {...props} />
      <p>
        <TextLink href="/login">{text.backToSignIn}</TextLink>
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the address is invalid. */
export function ForgotPasswordForm({ values = {}, errors = {}, problem }: ForgotPasswordFormProps) {
  const text = passwordText.use();
  return (
    <form
      id="forgot-password-form"
      method="post"
      action="/forgot-password"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/forgot-password", target: "this", swap: "outerHTML", disable: "find button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <TextField
        id="email"
        name="email"
        type="email"
        label={text.email}
        value={values.email}
        error={errors.email}
        autocomplete="username"
        autofocus
      />
      <Button variant="primary" size="large">
        {text.sendLink}
        <Waiting />
      </Button>
    </form>
  );
}
