import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { ProviderButtons, type ProviderLink } from "../../components/provider_buttons.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { signUpText } from "./text.ts";
import { WorkspaceFields } from "./workspace_fields.tsx";

export type SignUpValues = {
  company_name?: string;
  subdomain?: string;
  suggested?: string;
  name?: string;
  email?: string;
};

export type SignUpFormProps = {
  values?: SignUpValues;
  /** Error messages by field name. */
  errors?: Record<string, string>;
  /** What is wrong with the whole form. */
  problem?: string;
  /** The email address has an account with another password. */
  hasAccount?: boolean;
  /** The part of a workspace's host after the subdomain: `.localhost:8000`. */
  hostSuffix: string;
};

const FIELDS = ["company_name", "subdomain", "name", "email", "password"] as const;

/** `/signup`: a company creates its workspace. */
export function SignUpPage({ providers, ...form }: SignUpFormProps & { providers: ProviderLink[] }) {
  const text = signUpText.use();
  return (
    <FormColumn title={text.title} lead={text.lead}>
      <ProviderButtons providers={providers} />
      <SignUpForm {...form} />
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the sign-up fails. */
export function SignUpForm(
  { values = {}, errors = {}, problem, hasAccount = false, hostSuffix }: SignUpFormProps,
) {
  const text = signUpText.use();
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
      class="grid grid-cols-1 gap-5"
      {...hx({ post: "/signup", target: "this", swap: "outerHTML", disable: "find .signup-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <FormKeyField />
      <WorkspaceFields
        values={values}
        errors={errors}
        hostSuffix={hostSuffix}
        focus={firstError ?? "company_name"}
      />
      <TextField
        id="name"
        label={text.name}
        value={values.name}
        autocomplete="name"
        dir="auto"
        {...common("name")}
      />
      <div class="grid gap-1.5">
        <TextField
          id="email"
          type="email"
          label={text.email}
          value={values.email}
          autocomplete="username"
          {...common("email")}
        />
        {hasAccount
          ? (
            <p class="text-sm">
              <TextLink href="/login?next=/workspaces/new">{text.signInInstead}</TextLink>
            </p>
          )
          : null}
      </div>
      <PasswordField isNew id="password" label={text.password} {...common("password")} />
      <Button id="signup-button" class="signup-button" variant="primary" size="large">
        {text.create}
        <Waiting />
      </Button>
    </form>
  );
}
