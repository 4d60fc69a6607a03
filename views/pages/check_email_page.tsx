import { TextLink } from "../components/link.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

/** `/signup/check-email`: the address has an unconfirmed account, and we emailed it a link. */
export function CheckEmailPage() {
  return (
    <FormColumn
      title="Check your email"
      lead="This address has an account that isn't confirmed yet."
    >
      <p>
        We sent you a link. Open it to confirm the address and choose a password. Then sign in to create your
        workspace.
      </p>
      <p class="text-muted">
        Know your password? <TextLink href="/login">Sign in</TextLink>
      </p>
    </FormColumn>
  );
}
