import { Button, ButtonLink } from "../components/button.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

/** Shown on a tenant's host if another person comes from the apex in a browser where someone is already signed in. */
export function SwitchAccountPage(
  { current, next, token }: { current: string; next: string; token: string },
) {
  return (
    <FormColumn title="Switch account?">
      <p class="text-muted wrap-anywhere">
        You're signed in here as <strong class="text-ink">{current}</strong>. Continue as{" "}
        <strong class="text-ink">{next}</strong>?
      </p>
      <form method="post" action="/handoff" class="flex flex-wrap gap-2">
        <input type="hidden" name="token" value={token} />
        <Button id="switch-account-button" variant="primary" size="large">Switch account</Button>
        <ButtonLink href="/dashboard" size="large">Stay signed in</ButtonLink>
      </form>
    </FormColumn>
  );
}
