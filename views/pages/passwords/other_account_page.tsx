import { Button, ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { passwordText } from "./text.ts";

/** Replaces a link that would sign someone in, if somebody else is signed in. Nothing happens to the link. */
export function OtherAccountPage(
  { current, address, token }: { current: string; address: string; token: string },
) {
  const text = passwordText.use();
  const name = (email: string) => <strong class="font-medium text-ink wrap-anywhere">{email}</strong>;
  return (
    <FormColumn
      title={text.otherTitle}
      lead={fill(text.otherLead, { current: name(current), address: name(address) })}
    >
      <p>{text.otherHow}</p>
      <form method="post" action="/logout" class="flex flex-wrap gap-2">
        <input type="hidden" name="next" value={`/reset-password?token=${encodeURIComponent(token)}`} />
        <Button variant="primary" size="large">{text.signOut}</Button>
        <ButtonLink href="/workspaces" size="large">{text.keepAccount}</ButtonLink>
      </form>
    </FormColumn>
  );
}
