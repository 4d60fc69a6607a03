import { TextLink } from "../../components/link.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { signUpText } from "./text.ts";

/** `/signup/check-email`: the address has an unconfirmed account, and we emailed it a link. */
export function CheckEmailPage() {
  const text = signUpText.use();
  return (
    <FormColumn title={text.checkEmailTitle} lead={text.checkEmailLead}>
      <p>{text.checkEmail}</p>
      <p class="text-muted">
        {fill(text.knowPassword, { link: <TextLink href="/login">{text.signInInstead}</TextLink> })}
      </p>
    </FormColumn>
  );
}
