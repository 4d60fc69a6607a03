import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { TextAreaField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { websiteEventsText } from "./text.ts";

export const WEBSITE_EVENTS_PATH = "/settings/analytics";

type WebsiteEventsPageProps = {
  /** One a line. */
  origins: string;
  error?: string;
  /** Absent until the first website is saved. */
  installation?: Installation;
};

type Installation = { publishableKey: string; script: string };

/** `/settings/analytics`: the websites that send events, and the script for their pages. */
export function WebsiteEventsPage({ origins, error, installation }: WebsiteEventsPageProps) {
  const text = websiteEventsText.use();
  return (
    <>
      <PageLead>{text.lead}</PageLead>
      <div class="grid gap-6">
        <Card title={text.websites}>
          <form method="post" action={WEBSITE_EVENTS_PATH} novalidate class="grid gap-5">
            <p class="text-muted">{text.websitesNote}</p>
            <TextAreaField
              id="origins"
              name="origins"
              label={text.websitesLabel}
              hint={text.websitesHint}
              value={origins}
              error={error}
              optional
              spellcheck={false}
              autocapitalize="none"
              autofocus={error ? true : undefined}
              dir="ltr"
            />
            <div>
              <Button variant="primary">{text.save}</Button>
            </div>
          </form>
        </Card>
        {installation ? <Install {...installation} /> : null}
      </div>
    </>
  );
}

function Install({ publishableKey, script }: Installation) {
  const text = websiteEventsText.use();
  return (
    <Card title={text.install}>
      <div class="grid gap-5">
        <p class="text-muted">{text.installNote}</p>
        <CopyField id="script" label={text.script} value={script} />
        <CopyField id="publishable-key" label={text.key} hint={text.keyHint} value={publishableKey} />
        <div>
          <ButtonLink href={`${WEBSITE_EVENTS_PATH}/key`}>{text.replace}</ButtonLink>
        </div>
      </div>
    </Card>
  );
}

/** `/settings/analytics/key`: asks before the key is replaced. */
export function ReplaceKeyPage() {
  const text = websiteEventsText.use();
  return (
    <div class="max-w-xl">
      <Card>
        <form method="post" action={`${WEBSITE_EVENTS_PATH}/key`} class="grid gap-5">
          <p class="text-muted">{text.replaceNote}</p>
          <div class="flex flex-wrap gap-2">
            <Button variant="danger">{text.replace}</Button>
            <ButtonLink href={WEBSITE_EVENTS_PATH}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
