import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { type Mark, TenantMark } from "../../components/tenant_mark.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { signInText } from "./text.ts";

export type SignInFormProps = {
  values?: { email?: string; remember?: boolean };
  problem?: string;
  /** The path on this host to open after signing in. */
  next?: string;
};

/** `/login`, on the apex and on the host of a workspace. */
export function SignInPage({ workspace, ...form }: SignInFormProps & { workspace?: Mark }) {
  const text = signInText.use();
  const { apexUrl } = usePage();
  const name = <bdi class="tenant-name">{workspace?.name}</bdi>;
  return (
    <FormColumn
      title={workspace ? fill(text.heading, { workspace: name }) : text.title}
      mark={workspace ? <TenantMark {...workspace} size="large" /> : null}
      lead={text.lead}
    >
      <SignInForm {...form} />
      <p class="text-muted">
        {fill(text.newHere, { link: <TextLink href={`${apexUrl}/signup`}>{text.create}</TextLink> })}
      </p>
    </FormColumn>
  );
}

function Divider() {
  return (
    <div class="flex items-center gap-3 text-sm text-muted">
      <span class="h-px grow bg-line" aria-hidden="true" />
      {signInText.use().or}
      <span class="h-px grow bg-line" aria-hidden="true" />
    </div>
  );
}

function byEmailHref({ values = {}, next }: SignInFormProps): string {
  const query = new URLSearchParams();
  if (next) query.set("next", next);
  if (values.email) query.set("email", values.email);
  return query.size > 0 ? `/login/email?${query}` : "/login/email";
}

/** Only the form. htmx gets it with 422 if the sign-in fails. */
export function SignInForm({ values = {}, problem, next }: SignInFormProps) {
  const text = signInText.use();
  const { apexUrl } = usePage();
  return (
    <form
      id="sign-in-form"
      method="post"
      action="/login"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/login", target: "this", swap: "outerHTML", disable: "find .login-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <TextField
        id="email"
        name="email"
        type="email"
        label={text.email}
        value={values.email}
        autocomplete="username"
        autofocus={!values.email || undefined}
      />
      <PasswordField
        id="password"
        name="password"
        label={text.password}
        autofocus={values.email ? true : undefined}
      />
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <Checkbox id="remember" name="remember" label={text.remember} checked={values.remember} />
        <TextLink href={`${apexUrl}/forgot-password`}>{text.forgot}</TextLink>
      </div>
      <Button id="login-button" class="login-button" variant="primary" size="large">
        {text.signIn}
        <Waiting />
      </Button>
      <Divider />
      <ButtonLink href={byEmailHref({ values, next })} size="large">{text.emailLink}</ButtonLink>
    </form>
  );
}
