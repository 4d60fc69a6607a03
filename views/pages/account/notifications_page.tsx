import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmailChoices, type EmailChoicesProps } from "../../components/email_choices.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { accountText } from "./text.ts";

/** `/account/notifications`: the emails that a person gets. */
export function NotificationsPage({ categories, preferences }: EmailChoicesProps) {
  const text = accountText.use();
  return (
    <>
      <PageLead>{text.notificationsLead}</PageLead>
      <Card title={text.emails}>
        <form method="post" action="/account/notifications" class="grid gap-5">
          <EmailChoices categories={categories} preferences={preferences} />
          <div>
            <Button variant="primary">{text.savePreferences}</Button>
          </div>
        </form>
      </Card>
    </>
  );
}
