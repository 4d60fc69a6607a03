import { Alert } from "../components/alert.tsx";
import { Button, ButtonLink } from "../components/button.tsx";
import { FormColumn, SiteLayout } from "../layouts/site_layout.tsx";

/** `ask`: the link works and waits for a click; `expired`: it doesn't, or not any more. */
export type VerificationState =
  | { step: "ask"; address: string; token: string }
  | { step: "done"; address: string }
  | { step: "expired" };

/** `/verify-email`, reached by a one-time link. */
export function VerifyEmailPage({ state }: { state: VerificationState }) {
  return (
    <SiteLayout title="Confirm your address">
      <Step state={state} />
    </SiteLayout>
  );
}

function Step({ state }: { state: VerificationState }) {
  if (state.step === "ask") {
    return (
      <FormColumn
        title="Confirm your address"
        lead={`Is ${state.address} yours? One click, and that is settled.`}
      >
        <form method="post" action="/verify-email" class="grid">
          <input type="hidden" name="token" value={state.token} />
          <Button id="verify-button" variant="primary" size="large">Confirm address</Button>
        </form>
      </FormColumn>
    );
  }
  if (state.step === "done") {
    return (
      <FormColumn title="Your address is confirmed">
        <Alert kind="success">
          {state.address} belongs to your account. Everything that matters goes there.
        </Alert>
        <ButtonLink href="/workspaces" variant="primary">Open your workspaces</ButtonLink>
      </FormColumn>
    );
  }
  return (
    <FormColumn
      title="This link doesn't work any more"
      lead="It has been used, or it is older than 24 hours. In your workspace you can have another one sent."
    >
      <ButtonLink href="/workspaces" variant="primary">Open your workspaces</ButtonLink>
    </FormColumn>
  );
}
