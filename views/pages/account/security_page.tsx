import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextLink } from "../../components/link.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

/** `/account/security`: changes the password. */
export function SecurityPage(
  { email, hasPassword, errors = {} }: { email: string; hasPassword: boolean; errors?: FieldErrors },
) {
  const text = accountText.use();
  const { apexUrl } = usePage();
  if (!hasPassword) {
    const link = <TextLink href={`${apexUrl}/forgot-password`}>{text.setPassword}</TextLink>;
    return <PageLead>{fill(text.noPassword, { link })}</PageLead>;
  }
  return (
    <>
      <PageLead>{text.securityLead}</PageLead>
      <Card>
        <form method="post" action="/account/security" novalidate class="grid gap-5">
          <input type="email" value={email} autocomplete="username" readonly hidden />
          <PasswordField
            id="current-password"
            name="current_password"
            label={text.currentPassword}
            error={errors.current_password}
            autofocus={errors.current_password ? true : undefined}
          />
          <PasswordField
            id="new-password"
            name="new_password"
            label={text.newPassword}
            error={errors.new_password}
            autofocus={errors.new_password && !errors.current_password ? true : undefined}
            isNew
          />
          <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
            <Button variant="primary">{text.changePassword}</Button>
            <TextLink href={`${apexUrl}/forgot-password`}>{text.forgotten}</TextLink>
          </div>
        </form>
      </Card>
    </>
  );
}
