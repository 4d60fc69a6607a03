import { Alert } from "../components/alert.tsx";
import { Button, ButtonLink } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { TextLink } from "../components/link.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

type VerifyEmailFormProps = {
  token: string;
  /** The proof that the account belongs to the visitor: a session, the account's password, or a new password. */
  proof: "click" | "password" | "new_password";
  errors?: Record<string, string>;
};

/** `ask`: the link works and waits for the form; `expired`: it no longer works. */
export type VerificationState =
  | { step: "ask"; address: string } & VerifyEmailFormProps
  | { step: "done"; address: string }
  | { step: "expired" };

/** `/verify-email`, reached by a one-time link. */
export function VerifyEmailPage({ state }: { state: VerificationState }) {
  return <Step state={state} />;
}

function Step({ state }: { state: VerificationState }) {
  if (state.step === "ask") return <Question {...state} />;
  if (state.step === "done") {
    return (
      <FormColumn title="Email confirmed">
        <Alert kind="success">{state.address} is confirmed as your email address.</Alert>
        <ButtonLink href="/workspaces" variant="primary">Open your workspaces</ButtonLink>
      </FormColumn>
    );
  }
  return (
    <FormColumn
      title="This link no longer works"
      lead="The link has been used or has expired. Sign in to get a new link."
    >
      <ButtonLink href="/workspaces" variant="primary">Open your workspaces</ButtonLink>
    </FormColumn>
  );
}

function Question({ address, ...form }: Extract<VerificationState, { step: "ask" }>) {
  const { token, proof } = form;
  const choose = `/verify-email?token=${encodeURIComponent(token)}&choose_password`;
  return (
    <FormColumn title="Confirm your email" lead={`Confirm that ${address} is your email address.`}>
      <VerifyEmailForm {...form} />
      {proof === "password"
        ? (
          <p class="text-muted">
            Don't know your password? <TextLink href={choose}>Choose a new one</TextLink>
          </p>
        )
        : null}
    </FormColumn>
  );
}

function VerifyEmailForm({ token, proof, errors = {} }: VerifyEmailFormProps) {
  return (
    <form method="post" action="/verify-email" novalidate class="grid gap-5">
      <input type="hidden" name="token" value={token} />
      {proof === "new_password" ? <input type="hidden" name="choose_password" value="on" /> : null}
      {proof === "click" ? null : <Password proof={proof} error={errors.password} />}
      <Button id="verify-button" variant="primary" size="large">Confirm email</Button>
    </form>
  );
}

function Password({ proof, error }: { proof: "password" | "new_password"; error?: string }) {
  const common = { id: "password", name: "password", type: "password", error, autofocus: true };
  return proof === "password"
    ? (
      <TextField
        {...common}
        label="Your password"
        hint="Your password proves that this account is yours."
        autocomplete="current-password"
      />
    )
    : (
      <TextField
        {...common}
        label="New password"
        hint="At least 12 characters. A new password signs everyone else out."
        autocomplete="new-password"
      />
    );
}
