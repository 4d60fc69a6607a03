import { Button, ButtonLink } from "../components/button.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

/** On a tenant's host, where someone is signed in and someone else comes from the apex in the same browser. */
export function SwitchAccountPage(
  { current, next, token }: { current: string; next: string; token: string },
) {
  return (
    <FormColumn title="Switch account?">
      <p class="text-muted wrap-anywhere">
        You are signed in here as <strong class="text-ink">{current}</strong>. Continue as{" "}
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
