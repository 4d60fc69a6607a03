import { Alert } from "../../components/alert.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { AddressField } from "./address_field.tsx";
import { signUpText } from "./text.ts";

export type SignUpCodeFormProps = {
  values?: { code?: string; subdomain?: string; suggested?: string };
  errors?: Record<string, string>;
  /** What is wrong with the whole form. */
  problem?: string;
  hostSuffix: string;
};

/** `/signup/code`: the sign-up waits for the code that was sent to `address`. */
export function SignUpCodePage({ address, ...form }: SignUpCodeFormProps & { address: string }) {
  const text = signUpText.use();
  return (
    <FormColumn title={text.codeTitle} lead={text.codeLead(address)}>
      <SignUpCodeForm {...form} />
      <div class="flex flex-wrap items-center justify-between gap-3">
        <form method="post" action="/signup/code/resend">
          <Button>{text.resend}</Button>
        </form>
        <p class="text-muted">
          {fill(text.wrongAddress, { link: <TextLink href="/signup">{text.startOverLink}</TextLink> })}
        </p>
      </div>
    </FormColumn>
  );
}

/** Only the form. htmx gets it with 422 if the code is wrong. Asks for an address only if the first one is taken. */
export function SignUpCodeForm({ values = {}, errors = {}, problem, hostSuffix }: SignUpCodeFormProps) {
  const text = signUpText.use();
  return (
    <form
      id="sign-up-code-form"
      method="post"
      action="/signup/code"
      novalidate
      class="grid grid-cols-1 gap-5"
      {...hx({ post: "/signup/code", target: "this", swap: "outerHTML", disable: "find .code-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <TextField
        id="code"
        name="code"
        label={text.code}
        hint={text.codeHint}
        value={errors.code ? undefined : values.code}
        error={errors.code ?? errors.email}
        inputmode="numeric"
        autocomplete="one-time-code"
        autofocus={!errors.subdomain || undefined}
      />
      {errors.subdomain
        ? (
          <AddressField
            value={values.subdomain}
            suggested={values.suggested}
            error={errors.subdomain}
            hostSuffix={hostSuffix}
            autofocus
          />
        )
        : null}
      <Button id="code-button" class="code-button" variant="primary" size="large">
        {text.create}
        <Waiting />
      </Button>
    </form>
  );
}
