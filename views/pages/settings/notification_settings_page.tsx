import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { EmailChoices, type EmailChoicesProps } from "../../components/email_choices.tsx";
import { PageLead } from "../../components/page_lead.tsx";

/** `/settings/notifications`: a person's email preferences. */
export function NotificationSettingsPage(
  { categories, preferences }: EmailChoicesProps,
) {
  return (
    <>
      <PageLead>Your choices apply in all of your workspaces.</PageLead>
      <div class="max-w-xl">
        <Card title="Email">
          <form method="post" action="/settings/notifications" class="grid gap-5">
            <EmailChoices categories={categories} preferences={preferences} />
            <div>
              <Button variant="primary">Save preferences</Button>
            </div>
          </form>
        </Card>
      </div>
    </>
  );
}
