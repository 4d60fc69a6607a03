import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { OwnerProof } from "./owner_proof.tsx";
import { accountText } from "./text.ts";

export type EmailPageProps = {
  email: string;
  /** A person who signs in by email has none. */
  hasPassword: boolean;
  values?: { email?: string };
  errors?: FieldErrors;
};

/** `/account/email`: asks for another address. */
export function EmailPage({ email, ...form }: EmailPageProps) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.emailLead}</PageLead>
      <Card>
        <div class="grid gap-5">
          <dl class="grid gap-1">
            <dt class="font-medium">{text.currentEmail}</dt>
            <dd class="wrap-anywhere">{email}</dd>
          </dl>
          <EmailForm {...form} />
        </div>
      </Card>
    </>
  );
}

function EmailForm({ hasPassword, values = {}, errors = {} }: Omit<EmailPageProps, "email">) {
  const text = accountText.use();
  return (
    <form method="post" action="/account/email" novalidate class="grid gap-5">
      <TextField
        id="email"
        name="email"
        type="email"
        label={text.newEmail}
        hint={text.newEmailHint}
        value={values.email}
        error={errors.email}
        autocomplete="email"
        autofocus={errors.email ? true : undefined}
      />
      <OwnerProof hasPassword={hasPassword} error={errors.password} />
      <div>
        <Button variant="primary">{text.changeEmail}</Button>
      </div>
    </form>
  );
}
