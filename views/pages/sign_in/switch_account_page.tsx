import { Button, ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { signInText } from "./text.ts";

/** Shown on a tenant's host if another person comes from the apex in a browser where someone is already signed in. */
export function SwitchAccountPage(
  { current, next, token }: { current: string; next: string; token: string },
) {
  const text = signInText.use();
  const question = fill(text.switchQuestion, {
    current: <strong class="font-medium text-ink">{current}</strong>,
    next: <strong class="font-medium text-ink">{next}</strong>,
  });
  return (
    <FormColumn title={text.switchHeading} lead={question}>
      <form method="post" action="/handoff" class="flex flex-wrap gap-2">
        <input type="hidden" name="token" value={token} />
        <Button id="switch-account-button" variant="primary" size="large">{text.switchAccount}</Button>
        <ButtonLink href="/dashboard" size="large">{text.stay}</ButtonLink>
      </form>
    </FormColumn>
  );
}
