import { Alert } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Checkbox } from "../components/checkbox.tsx";
import { TextField } from "../components/field.tsx";
import { hx } from "../components/hx.ts";
import { TextLink } from "../components/link.tsx";
import { Waiting } from "../components/skeleton.tsx";
import { type Mark, TenantMark } from "../components/tenant_mark.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { usePage } from "../page.tsx";

export type SignInFormProps = {
  values?: { email?: string; remember?: boolean };
  problem?: string;
  /** The path on this host to open after signing in. */
  next?: string;
};

/** `/login`, on the apex and on the host of a workspace. */
export function SignInPage({ workspace, ...form }: SignInFormProps & { workspace?: Mark }) {
  const { apexUrl } = usePage();
  const title = workspace
    ? (
      <>
        Sign in to <span class="tenant-name">{workspace.name}</span>
      </>
    )
    : "Sign in";
  return (
    <FormColumn
      title={title}
      mark={workspace ? <TenantMark {...workspace} size="large" /> : null}
      lead={workspace ? "Use your work email and password." : "Welcome back."}
    >
      <SignInForm {...form} />
      <p class="text-muted">
        <TextLink href={`${apexUrl}/forgot-password`}>Forgot your password?</TextLink>
      </p>
      <p class="text-muted">
        New here? <TextLink href={`${apexUrl}/signup`}>Create your workspace</TextLink>
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the sign-in fails. */
export function SignInForm({ values = {}, problem, next }: SignInFormProps) {
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
        label="Email"
        value={values.email}
        autocomplete="username"
        autofocus={!values.email || undefined}
      />
      <TextField
        id="password"
        name="password"
        type="password"
        label="Password"
        autocomplete="current-password"
        autofocus={values.email ? true : undefined}
      />
      <Checkbox
        id="remember"
        name="remember"
        label="Stay signed in on this device"
        checked={values.remember}
      />
      <Button id="login-button" class="login-button" variant="primary" size="large">
        Sign in
        <Waiting />
      </Button>
    </form>
  );
}
