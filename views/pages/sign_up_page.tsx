import { Button } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { FormKeyField } from "../components/form_key.tsx";
import { hx } from "../components/hx.ts";
import { TextLink } from "../components/link.tsx";
import { Waiting } from "../components/skeleton.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { WorkspaceFields } from "./workspace_fields.tsx";

export type SignUpValues = { company_name?: string; subdomain?: string; name?: string; email?: string };

export type SignUpFormProps = {
  values?: SignUpValues;
  /** Error messages by field name. */
  errors?: Record<string, string>;
  /** The part of a workspace's host after the subdomain: `.localhost:8000`. */
  hostSuffix: string;
};

/** `/signup`: a company creates its workspace. */
export function SignUpPage(props: SignUpFormProps) {
  return (
    <FormColumn
      title="Create your workspace"
      lead="Free to start. No credit card needed."
    >
      <SignUpForm {...props} />
      <p class="text-muted">
        Already have an account? <TextLink href="/login">Sign in</TextLink>
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the sign-up fails. */
export function SignUpForm({ values = {}, errors = {}, hostSuffix }: SignUpFormProps) {
  const firstError = FIELDS.find((field) => errors[field]);
  const common = (field: typeof FIELDS[number]) => ({
    name: field,
    error: errors[field],
    autofocus: field === firstError || undefined,
  });
  return (
    <form
      id="sign-up-form"
      method="post"
      action="/signup"
      novalidate
      class="grid gap-5"
      x-data="subdomain"
      {...hx({ post: "/signup", target: "this", swap: "outerHTML", disable: "find .signup-button" })}
    >
      <FormKeyField />
      <WorkspaceFields values={values} errors={errors} hostSuffix={hostSuffix} focus={firstError} />
      <TextField id="name" label="Your name" value={values.name} autocomplete="name" {...common("name")} />
      <TextField
        id="email"
        type="email"
        label="Work email"
        value={values.email}
        autocomplete="username"
        {...common("email")}
      />
      <TextField
        id="password"
        type="password"
        label="Password"
        hint="At least 12 characters. Try three or four random words."
        autocomplete="new-password"
        {...common("password")}
      />
      <Button id="signup-button" class="signup-button" variant="primary" size="large">
        Create workspace
        <Waiting />
      </Button>
    </form>
  );
}

const FIELDS = ["company_name", "subdomain", "name", "email", "password"] as const;
