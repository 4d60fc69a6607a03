import { TextLink } from "../components/link.tsx";
import { FormColumn, SiteLayout } from "../layouts/site_layout.tsx";

/** `/signup/check-email`: the address has an account that nobody has confirmed, and a link is on its way to it. */
export function CheckEmailPage() {
  return (
    <SiteLayout title="Check your email" viewer={null}>
      <FormColumn
        title="Check your email"
        lead="This address already has an account, but nobody has confirmed it."
      >
        <p>
          We sent you a link. Open it to confirm the address and choose a password. Then sign in to create
          your workspace.
        </p>
        <p class="text-muted">
          Know the password? <TextLink href="/login">Sign in</TextLink>
        </p>
      </FormColumn>
    </SiteLayout>
  );
}
