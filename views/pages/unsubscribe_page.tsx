import type { EmailCategory } from "../../src/email/category.ts";
import { Alert } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { EmailChoices, type EmailChoicesProps } from "../components/email_choices.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";

export type UnsubscribePageProps = EmailChoicesProps & {
  token: string;
  category: EmailCategory;
  address: string;
  isSaved?: boolean;
};

/** `/unsubscribe/:token`, reached by a link in an email, without signing in. */
export function UnsubscribePage(
  { token, category, address, categories, preferences, isSaved }: UnsubscribePageProps,
) {
  const label = category.label.toLowerCase();
  const action = `/unsubscribe/${token}`;
  return (
    <FormColumn title={preferences[category.name] ? `Unsubscribe from ${label}?` : "You're unsubscribed"}>
      {isSaved ? <Alert kind="success">Preferences saved. You can change them anytime.</Alert> : null}
      {preferences[category.name]
        ? (
          <form method="post" action={action} class="grid gap-4">
            <p class="text-md text-muted">{address} gets these emails from every workspace.</p>
            <Button name="unsubscribe" value="yes" variant="primary" size="large">Unsubscribe</Button>
          </form>
        )
        : <p class="text-md text-muted">{address} no longer gets {label}.</p>}
      <Card title="Email preferences">
        <form method="post" action={action} class="grid gap-5">
          <input type="hidden" name="choices" value="yes" />
          <EmailChoices categories={categories} preferences={preferences} />
          <div>
            <Button>Save preferences</Button>
          </div>
        </form>
      </Card>
    </FormColumn>
  );
}
