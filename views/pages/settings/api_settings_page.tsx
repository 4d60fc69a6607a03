import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { settingsText } from "./text.ts";

type ApiSettingsPageProps = {
  /** One a line. */
  origins: string;
  error?: string;
};

/** `/settings/api`: which websites may call the API. */
export function ApiSettingsPage({ origins, error }: ApiSettingsPageProps) {
  const text = settingsText.use();
  return (
    <>
      <PageLead>{text.apiLead}</PageLead>
      <Card title={text.origins}>
        <form method="post" action="/settings/api" novalidate class="grid gap-5">
          <p class="text-muted">{text.originsNote}</p>
          <TextAreaField
            id="api-origins"
            name="api_origins"
            label={text.originsLabel}
            hint={text.originsHint}
            value={origins}
            error={error}
            optional
            spellcheck={false}
            autocapitalize="none"
            autofocus={error ? true : undefined}
            dir="ltr"
          />
          <div>
            <Button variant="primary">{text.saveOrigins}</Button>
          </div>
        </form>
      </Card>
    </>
  );
}
