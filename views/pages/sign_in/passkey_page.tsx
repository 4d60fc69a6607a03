import { Alert } from "../../components/alert.tsx";
import { TextLink } from "../../components/link.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { PasskeySignIn, type PasskeySignInProps } from "./passkey_sign_in.tsx";
import { signInText } from "./text.ts";

export type PasskeyPageProps = {
  /** The name of the workspace to open afterward. */
  workspace?: string;
  values: PasskeySignInProps["values"];
  problem?: string;
  /** The sign-in page that the person came from. */
  otherWay: string;
};

/** `/login/passkey` on the apex, for people who come from a workspace or whose passkey was refused. */
export function PasskeyPage({ workspace, values, problem, otherWay }: PasskeyPageProps) {
  const text = signInText.use();
  const lead = workspace ? fill(text.passkeyLeadTo, { workspace: <bdi>{workspace}</bdi> }) : text.passkeyLead;
  return (
    <FormColumn title={text.passkeyTitle} lead={lead}>
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <PasskeySignIn values={values} variant="primary" />
      <p class="text-muted">
        {fill(text.noPasskey, { link: <TextLink href={otherWay}>{text.otherWay}</TextLink> })}
      </p>
    </FormColumn>
  );
}
