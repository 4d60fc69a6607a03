import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { emailChangeText } from "./text.ts";

type Change = { current: string; newAddress: string; token: string };

/**
 * `ask`: the account's owner is signed in. `sign_in`: nobody is. `sign_out`: someone else is. `expired`: the link no longer
 * works.
 */
export type ConfirmEmailState =
  | { step: "ask" | "sign_in" | "sign_out" } & Change & { error?: string }
  | { step: "expired" };

/** `/confirm-email`, reached by a one-time link. */
export function ConfirmEmailPage({ state }: { state: ConfirmEmailState }) {
  return state.step === "expired" ? <Expired /> : <Question {...state} />;
}

function Expired() {
  const text = emailChangeText.use();
  return (
    <FormColumn title={text.expiredTitle} lead={text.expiredLead}>
      <ButtonLink href="/account/email" variant="primary" size="large">{text.account}</ButtonLink>
    </FormColumn>
  );
}

function Question(
  { step, current, newAddress, token, error }: Exclude<ConfirmEmailState, { step: "expired" }>,
) {
  const text = emailChangeText.use();
  const here = `/confirm-email?${new URLSearchParams({ token })}`;
  const addresses = { current: <Address>{current}</Address>, next: <Address>{newAddress}</Address> };
  return (
    <FormColumn title={text.title} lead={fill(step === "ask" ? text.lead : text.signInLead, addresses)}>
      {error ? <Alert kind="error">{error}</Alert> : null}
      {step === "ask"
        ? (
          <form method="post" action="/confirm-email" class="grid">
            <input type="hidden" name="token" value={token} />
            <Button variant="primary" size="large">{text.confirm}</Button>
          </form>
        )
        : null}
      {step === "sign_in"
        ? (
          <ButtonLink href={`/login?${new URLSearchParams({ next: here })}`} variant="primary" size="large">
            {text.signIn}
          </ButtonLink>
        )
        : null}
      {step === "sign_out"
        ? (
          <form method="post" action="/logout" class="grid gap-5">
            <Alert kind="info">{text.other}</Alert>
            <input type="hidden" name="next" value={here} />
            <Button variant="primary" size="large">{text.signOut}</Button>
          </form>
        )
        : null}
    </FormColumn>
  );
}

function Address({ children }: { children: string }) {
  return <strong class="font-medium text-ink wrap-anywhere">{children}</strong>;
}
