import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import type { SignUpFormProps } from "./sign_up_page.tsx";
import { signUpText } from "./text.ts";
import { WorkspaceFields } from "./workspace_fields.tsx";

export type ProviderSignUpFormProps = Omit<SignUpFormProps, "hasAccount"> & {
  /** The provider's name. */
  provider: string;
  /** The address that the provider verified. */
  email: string;
};

const FIELDS = ["company_name", "subdomain", "name"] as const;

/** `/signup/oauth`: someone with an account at a provider creates their company's workspace. */
export function ProviderSignUpPage(props: ProviderSignUpFormProps) {
  const text = signUpText.use();
  const email = <strong class="font-medium text-ink wrap-anywhere">{props.email}</strong>;
  return (
    <FormColumn title={text.title} lead={fill(text.atProvider, { email, provider: props.provider })}>
      <ProviderSignUpForm {...props} />
      <p class="text-muted">
        {fill(text.otherWay, { link: <TextLink href="/signup">{text.otherWayLink}</TextLink> })}
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the sign-up fails. */
export function ProviderSignUpForm(
  { values = {}, errors = {}, problem, hostSuffix }: ProviderSignUpFormProps,
) {
  const text = signUpText.use();
  const focus = FIELDS.find((field) => errors[field]) ?? "company_name";
  return (
    <form
      id="sign-up-form"
      method="post"
      action="/signup/oauth"
      novalidate
      class="grid grid-cols-1 gap-5"
      {...hx({ post: "/signup/oauth", target: "this", swap: "outerHTML", disable: "find .signup-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <FormKeyField />
      <WorkspaceFields values={values} errors={errors} hostSuffix={hostSuffix} focus={focus} />
      <TextField
        id="name"
        name="name"
        label={text.name}
        value={values.name}
        error={errors.name}
        autocomplete="name"
        dir="auto"
        autofocus={focus === "name" || undefined}
      />
      <Button id="signup-button" class="signup-button" variant="primary" size="large">
        {text.create}
        <Waiting />
      </Button>
    </form>
  );
}
