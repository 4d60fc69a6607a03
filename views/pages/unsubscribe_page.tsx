import type { EmailCategory } from "../../src/email/category.ts";
import { Alert } from "../components/alert.tsx";
import { Button } from "../components/button.tsx";
import { Card } from "../components/card.tsx";
import { EmailChoices, type EmailChoicesProps } from "../components/email_choices.tsx";
import { FormColumn } from "../layouts/site_layout.tsx";
import { fill } from "../text.ts";
import { useTranslate } from "../wording.ts";
import { unsubscribeText } from "./unsubscribe_text.ts";

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
  const text = unsubscribeText.use();
  const label = useTranslate()(category.label).toLowerCase();
  const isSubscribed = preferences[category.name];
  const action = `/unsubscribe/${token}`;
  return (
    <FormColumn
      title={isSubscribed ? text.question(label) : text.unsubscribed}
      lead={isSubscribed
        ? fill(text.everywhere, { address })
        : fill(text.stopped, { address, category: label })}
    >
      {isSaved ? <Alert kind="success">{text.saved}</Alert> : null}
      {isSubscribed
        ? (
          <form method="post" action={action} class="grid">
            <Button name="unsubscribe" value="yes" variant="primary" size="large">{text.unsubscribe}</Button>
          </form>
        )
        : null}
      <Card title={text.title}>
        <form method="post" action={action} class="grid gap-5">
          <input type="hidden" name="choices" value="yes" />
          <EmailChoices categories={categories} preferences={preferences} />
          <div>
            <Button>{text.save}</Button>
          </div>
        </form>
      </Card>
    </FormColumn>
  );
}
