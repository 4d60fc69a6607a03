import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { TextLink } from "../../components/link.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { verifyEmailText } from "./text.ts";

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
  if (state.step === "ask") return <Question {...state} />;
  return state.step === "done" ? <Confirmed {...state} /> : <Expired />;
}

function Confirmed({ address }: { address: string }) {
  const text = verifyEmailText.use();
  return (
    <FormColumn title={text.doneTitle}>
      <Alert kind="success">{text.done(address)}</Alert>
      <ButtonLink href="/workspaces" variant="primary" size="large">{text.openWorkspaces}</ButtonLink>
    </FormColumn>
  );
}

function Expired() {
  const text = verifyEmailText.use();
  return (
    <FormColumn title={text.expiredTitle} lead={text.expiredLead}>
      <ButtonLink href="/workspaces" variant="primary" size="large">{text.openWorkspaces}</ButtonLink>
    </FormColumn>
  );
}

function Question({ address, ...form }: Extract<VerificationState, { step: "ask" }>) {
  const text = verifyEmailText.use();
  const { token, proof } = form;
  const choose = `/verify-email?token=${encodeURIComponent(token)}&choose_password`;
  const lead = fill(text.lead, {
    address: <strong class="font-medium text-ink wrap-anywhere">{address}</strong>,
  });
  return (
    <FormColumn title={text.title} lead={lead}>
      <VerifyEmailForm {...form} />
      {proof === "password"
        ? (
          <p class="text-muted">
            {fill(text.chooseNew, { link: <TextLink href={choose}>{text.chooseNewLink}</TextLink> })}
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
      <Button id="verify-button" variant="primary" size="large">{verifyEmailText.use().confirm}</Button>
    </form>
  );
}

function Password({ proof, error }: { proof: "password" | "new_password"; error?: string }) {
  const text = verifyEmailText.use();
  const common = { id: "password", name: "password", error, autofocus: true };
  return proof === "password"
    ? <PasswordField {...common} label={text.yourPassword} hint={text.yourPasswordHint} />
    : <PasswordField {...common} isNew label={text.newPassword} hint={text.newPasswordHint} />;
}
