import { ButtonLink } from "../../components/button.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { signInText } from "./text.ts";

/** Shown for a moment while the browser goes on to the workspace's own domain, and to a browser that doesn't go by itself. */
export function OnwardPage({ workspace, href }: { workspace: string; href: string }) {
  const text = signInText.use();
  return (
    <FormColumn title={text.opening(workspace)} lead={text.openingLead(new URL(href).host)}>
      <ButtonLink href={href} variant="primary" size="large">{text.continueToWorkspace}</ButtonLink>
    </FormColumn>
  );
}

/** `/login` on a custom domain after a sign-in that didn't arrive. */
export function SignInElsewherePage(
  { workspace, host, href }: { workspace: string; host: string; href: string },
) {
  const text = signInText.use();
  return (
    <FormColumn title={text.titleOf(workspace)} lead={text.signInElsewhere(host)}>
      <ButtonLink id="continue-button" href={href} variant="primary" size="large">
        {text.continueToSignIn}
      </ButtonLink>
    </FormColumn>
  );
}
