import { Alert } from "../../components/alert.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PasskeyForm } from "../../components/passkey_form.tsx";
import { accountText } from "./text.ts";

export type NewPasskeyPageProps = {
  values: { name?: string; workspace?: string };
  nameError?: string;
  problem?: string;
  /** The page that the person came from. */
  home: string;
};

/** `/account/security/passkeys/new` on the apex: names a new passkey, and has the browser create it. */
export function NewPasskeyPage(
  { values: { name, workspace }, nameError, problem, home }: NewPasskeyPageProps,
) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.passkeyLead}</PageLead>
      <Card>
        {problem
          ? (
            <div class="mb-5">
              <Alert kind="error">{problem}</Alert>
            </div>
          )
          : null}
        <PasskeyForm
          id="new-passkey"
          action="/account/security/passkeys"
          options="/account/security/passkeys/options"
          mode="create"
          values={{ workspace }}
          label={text.createPasskey}
          variant="primary"
        >
          <TextField
            id="factor-name"
            name="name"
            label={text.factorName}
            hint={text.factorNameHint}
            value={name}
            error={nameError}
            maxlength={60}
            dir="auto"
            autofocus
          />
        </PasskeyForm>
      </Card>
      <p class="mt-4 text-sm">
        <TextLink href={home}>{text.cancel}</TextLink>
      </p>
    </>
  );
}
