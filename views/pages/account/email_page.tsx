import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

export type EmailPageProps = {
  email: string;
  /** A person who signs in by email has none. */
  hasPassword: boolean;
  values?: { email?: string };
  errors?: FieldErrors;
};

/** `/account/email`: asks for another address. */
export function EmailPage({ email, hasPassword, ...form }: EmailPageProps) {
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
          {hasPassword ? <EmailForm {...form} /> : <PasswordFirst />}
        </div>
      </Card>
    </>
  );
}

function EmailForm({ values = {}, errors = {} }: Pick<EmailPageProps, "values" | "errors">) {
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
      <PasswordField
        id="password"
        name="password"
        label={text.passwordProof}
        error={errors.password}
        autofocus={errors.password && !errors.email ? true : undefined}
      />
      <div>
        <Button variant="primary">{text.changeEmail}</Button>
      </div>
    </form>
  );
}

function PasswordFirst() {
  const text = accountText.use();
  const { apexUrl } = usePage();
  const link = <TextLink href={`${apexUrl}/forgot-password`}>{text.setPassword}</TextLink>;
  return <p class="text-muted">{fill(text.passwordFirst, { link })}</p>;
}
