import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";

const MAX_NOTE_LENGTH = 500;

export type NewSuppressionPageProps = {
  values?: { address?: string; detail?: string };
  errors?: FieldErrors;
};

/** `/admin/suppressions/new`: suppresses an address manually. */
export function NewSuppressionPage({ values = {}, errors = {} }: NewSuppressionPageProps) {
  return (
    <div class="max-w-xl">
      <p class="mb-2">
        <TextLink href="/admin/suppressions">Suppressed email</TextLink>
      </p>
      <PageLead>
        The address won't get email from any tenant, including invitations and password links.
      </PageLead>
      <Card>
        <form method="post" action="/admin/suppressions" novalidate class="grid gap-5">
          <TextField
            id="address"
            name="address"
            type="email"
            label="Email address"
            value={values.address}
            error={errors.address}
            autocomplete="off"
            autofocus
          />
          <TextAreaField
            id="detail"
            name="detail"
            label="Note"
            hint="Visible to staff only."
            optional
            rows={3}
            maxlength={MAX_NOTE_LENGTH}
            value={values.detail}
            error={errors.detail}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">Suppress address</Button>
            <ButtonLink href="/admin/suppressions">Cancel</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
