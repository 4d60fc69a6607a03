import { Button } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { hx } from "../components/hx.ts";
import { TextLink } from "../components/link.tsx";
import { Waiting } from "../components/skeleton.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { SubdomainField } from "./workspace_fields.tsx";

export type SignUpCodeFormProps = {
  values?: { code?: string; subdomain?: string };
  errors?: Record<string, string>;
  hostSuffix: string;
};

/** `/signup/code`: the sign-up waits for the code that was sent to `address`. */
export function SignUpCodePage({ address, ...form }: SignUpCodeFormProps & { address: string }) {
  return (
    <FormColumn title="Check your email" lead={`Enter the code that we sent to ${address}.`}>
      <SignUpCodeForm {...form} />
      <form method="post" action="/signup/code/resend">
        <Button>Resend code</Button>
      </form>
      <p class="text-muted">
        Wrong address? <TextLink href="/signup">Start over</TextLink>
      </p>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the code is wrong. Asks for a subdomain only if the first one is taken. */
export function SignUpCodeForm({ values = {}, errors = {}, hostSuffix }: SignUpCodeFormProps) {
  return (
    <form
      id="sign-up-code-form"
      method="post"
      action="/signup/code"
      novalidate
      class="grid gap-5"
      x-data={errors.subdomain ? "subdomain" : undefined}
      {...hx({ post: "/signup/code", target: "this", swap: "outerHTML", disable: "find .code-button" })}
    >
      <TextField
        id="code"
        name="code"
        label="Code"
        hint="Six digits. The code works for 15 minutes."
        value={errors.code ? undefined : values.code}
        error={errors.code ?? errors.email}
        inputmode="numeric"
        autocomplete="one-time-code"
        autofocus={!errors.subdomain || undefined}
      />
      {errors.subdomain
        ? (
          <SubdomainField
            value={values.subdomain}
            error={errors.subdomain}
            hostSuffix={hostSuffix}
            autofocus
          />
        )
        : null}
      <Button id="code-button" class="code-button" variant="primary" size="large">
        Create workspace
        <Waiting />
      </Button>
    </form>
  );
}
