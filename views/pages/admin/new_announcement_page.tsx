import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { SelectField } from "../../components/select.tsx";
import { announcementText } from "./announcement_text.ts";
import { type NamedPlan, PlanChoices } from "./plan_choices.tsx";

const MAX_TEXT_LENGTH = 300;
const DAYS = "7";

export type NewAnnouncementPageProps = {
  plans: NamedPlan[];
  values?: Record<string, string | undefined>;
  errors?: FieldErrors;
};

/** `/admin/announcements/new`: writes and publishes an announcement. */
export function NewAnnouncementPage({ plans, values = {}, errors = {} }: NewAnnouncementPageProps) {
  const text = announcementText.use();
  return (
    <div class="max-w-160">
      <PageLead>{text.lead}</PageLead>
      <Card>
        <form method="post" action="/admin/announcements" novalidate class="grid gap-5">
          <TextAreaField
            id="text"
            name="text"
            label={text.text}
            hint={text.textHint}
            rows={3}
            maxlength={MAX_TEXT_LENGTH}
            value={values.text}
            error={errors.text}
            dir="auto"
            autofocus
          />
          <SelectField
            id="kind"
            name="kind"
            label={text.kind}
            options={Object.entries(text.kinds).map(([value, label]) => ({ value, label }))}
            value={values.kind ?? "info"}
            error={errors.kind}
          />
          <TextField
            id="link-url"
            name="link_url"
            type="url"
            label={text.link}
            hint={text.linkHint}
            optional
            value={values.link_url}
            error={errors.link_url}
            dir="ltr"
          />
          <TextField
            id="days"
            name="days"
            type="number"
            label={text.days}
            value={values.days ?? DAYS}
            error={errors.days}
            min={1}
            max={365}
          />
          <PlanChoices label={text.plans} hint={text.plansHint} plans={plans} values={values} />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.publish}</Button>
            <ButtonLink href="/admin/announcements">{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
