import type { FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { PageLead } from "../../components/page_lead.tsx";
import { SelectField } from "../../components/select.tsx";
import { AnnouncementNotice } from "../../layouts/announcement_notice.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { announcementText } from "./announcement_text.ts";
import { type NamedPlan, PlanChoices } from "./plan_choices.tsx";

const MAX_TEXT_LENGTH = 300;
const DAYS = "7";
const PREVIEW_ID = "announcement-preview";
const PREVIEW_PATH = "/admin/announcements/preview";

/** What members see of the form. `text` is null while there is none. */
export type PreviewedAnnouncement = { kind: "info" | "warning"; text: string | null; linkUrl: string | null };

export type AnnouncementFormPageProps = {
  /** The announcement that the form changes. Undefined: it publishes a new one. */
  announcement?: { id: string; endsAt: Date };
  plans: NamedPlan[];
  /** The name of the workspace that emails news. Null: none can, or the announcement is published already. */
  sender: string | null;
  preview: PreviewedAnnouncement;
  values?: Record<string, string | undefined>;
  errors?: FieldErrors;
};

/** `/admin/announcements/new` and `/admin/announcements/:id/edit`: writes an announcement, and shows what members see. */
export function AnnouncementFormPage(props: AnnouncementFormPageProps) {
  const text = announcementText.use();
  return (
    <div class="grid max-w-160 gap-6">
      <div>
        <PageLead>{props.announcement ? text.editLead : text.lead}</PageLead>
        <Card>
          <AnnouncementForm {...props} />
        </Card>
      </div>
      <Card title={text.preview} note={text.previewHint}>
        <AnnouncementPreview preview={props.preview} />
      </Card>
    </div>
  );
}

/** The announcement as members see it. htmx replaces it while staff type. */
export function AnnouncementPreview(
  { preview: { kind, text, linkUrl } }: { preview: PreviewedAnnouncement },
) {
  return (
    <div id={PREVIEW_ID}>
      {text === null
        ? <p class="text-muted">{announcementText.use().previewEmpty}</p>
        : <AnnouncementNotice announcement={{ id: "preview", kind, text, linkUrl }} canDismiss isPreview />}
    </div>
  );
}

/** Without JavaScript, a button shows the preview. */
function AnnouncementForm(
  { announcement, plans, sender, values = {}, errors = {} }: AnnouncementFormPageProps,
) {
  const text = announcementText.use();
  const { day } = formatsOf(usePage().locale);
  const action = announcement ? `/admin/announcements/${announcement.id}` : "/admin/announcements";
  return (
    <form id="announcement-form" method="post" action={action} novalidate class="grid gap-5">
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
        {...previewed()}
      />
      <SelectField
        id="kind"
        name="kind"
        label={text.kind}
        options={Object.entries(text.kinds).map(([value, label]) => ({ value, label }))}
        value={values.kind ?? "info"}
        error={errors.kind}
        {...previewed()}
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
        {...previewed()}
      />
      <TextField
        id="days"
        name="days"
        type="number"
        label={announcement ? text.daysLeft : text.days}
        hint={announcement && text.daysLeftHint(day.format(announcement.endsAt))}
        optional={announcement !== undefined}
        value={values.days ?? (announcement ? "" : DAYS)}
        error={errors.days}
        min={1}
        max={365}
      />
      <PlanChoices label={text.plans} hint={text.plansHint} plans={plans} values={values} />
      {sender
        ? (
          <Checkbox
            id="sends-email"
            name="sends_email"
            value="on"
            label={text.sendsEmail}
            hint={text.sendsEmailHint(sender)}
            error={errors.sends_email}
            checked={values.sends_email === "on"}
          />
        )
        : null}
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{announcement ? text.save : text.publish}</Button>
        <noscript>
          <Button name="preview" value="on">{text.preview}</Button>
        </noscript>
        <ButtonLink href="/admin/announcements">{text.cancel}</ButtonLink>
      </div>
    </form>
  );
}

/** The htmx attributes of a field that the preview shows. */
function previewed(): Record<string, string> {
  return hx({
    get: PREVIEW_PATH,
    trigger: "input changed delay:300ms",
    target: `#${PREVIEW_ID}`,
    swap: "outerMorph",
    include: "#text, #kind, #link-url",
    sync: "#announcement-form:replace",
  });
}
