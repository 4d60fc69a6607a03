import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { suppressionText } from "./suppression_text.ts";

const MAX_NOTE_LENGTH = 500;

export type NewSuppressionPageProps = {
  values?: { address?: string; detail?: string };
  errors?: FieldErrors;
};

/** `/admin/suppressions/new`: suppresses an address manually. */
export function NewSuppressionPage({ values = {}, errors = {} }: NewSuppressionPageProps) {
  const text = suppressionText.use();
  return (
    <div class="max-w-160">
      <PageLead>{text.addLead}</PageLead>
      <Card>
        <form method="post" action="/admin/suppressions" novalidate class="grid gap-5">
          <TextField
            id="address"
            name="address"
            type="email"
            label={text.email}
            value={values.address}
            error={errors.address}
            autocomplete="off"
            autofocus
          />
          <TextAreaField
            id="detail"
            name="detail"
            label={text.note}
            hint={text.noteHint}
            optional
            rows={3}
            maxlength={MAX_NOTE_LENGTH}
            value={values.detail}
            error={errors.detail}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.suppress}</Button>
            <ButtonLink href="/admin/suppressions">{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
