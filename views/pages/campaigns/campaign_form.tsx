import type { Starter } from "../../../src/campaigns/starters.ts";
import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { TextLink } from "../../components/link.tsx";
import { SelectField } from "../../components/select.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { CAMPAIGNS_PATH } from "./address.ts";
import { campaignText } from "./text.ts";

/** The values as texts, by their names in the form. */
export type CampaignValues = Record<string, string>;

export type CampaignFormProps = {
  /** The campaign to change; absent for a new one. */
  campaign?: { id: string; version: number };
  values: CampaignValues;
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
  segments: { id: string; name: string }[];
  timeZone: string;
  /** What a new campaign can start from. */
  starters?: readonly Starter[];
};

/** `/campaigns/new` and `/campaigns/:id/edit` */
export function CampaignForm(props: CampaignFormProps) {
  const { campaign, kind, problem, starters } = props;
  const { form: text } = campaignText.use();
  const action = campaign ? `${CAMPAIGNS_PATH}/${campaign.id}` : CAMPAIGNS_PATH;
  return (
    <div class="grid max-w-3xl gap-6">
      {starters ? <StarterLinks starters={starters} /> : null}
      <form method="post" action={action} novalidate class="grid gap-6">
        <FormProblem kind={kind} problem={problem} />
        {campaign ? <input type="hidden" name="version" value={campaign.version} /> : <FormKeyField />}
        <Content {...props} />
        <Delivery {...props} />
        <SubjectTest {...props} />
        <div class="flex flex-wrap gap-2">
          <Button variant="primary">{campaign ? text.save : text.create}</Button>
          <ButtonLink href={action}>{text.cancel}</ButtonLink>
        </div>
      </form>
    </div>
  );
}

function StarterLinks({ starters }: { starters: readonly Starter[] }) {
  const { starters: text } = campaignText.use();
  const translate = useTranslate();
  return (
    <p class="flex flex-wrap gap-x-4 gap-y-1 text-muted">
      {text.title}:
      <TextLink href={`${CAMPAIGNS_PATH}/new`}>{text.blank}</TextLink>
      {starters.map(({ key, name }) => (
        <TextLink key={key} href={`${CAMPAIGNS_PATH}/new?starter=${key}`}>{translate(name)}</TextLink>
      ))}
    </p>
  );
}

function Content({ values, errors = {}, segments }: CampaignFormProps) {
  const { form: text } = campaignText.use();
  return (
    <Card title={text.content}>
      <div class="grid gap-5">
        <TextField
          id="campaign-name"
          name="name"
          label={text.name}
          hint={text.nameHint}
          value={values.name}
          error={errors.name}
          maxlength={120}
          autocomplete="off"
        />
        <SelectField
          id="campaign-segment"
          name="segment_id"
          label={text.segment}
          options={[
            { value: "", label: text.everyone },
            ...segments.map(({ id, name }) => ({ value: id, label: name, isTyped: true })),
          ]}
          value={values.segment_id ?? ""}
          error={errors.segment_id}
        />
        <TextField
          id="campaign-subject"
          name="subject"
          label={text.subject}
          hint={text.subjectHint}
          value={values.subject}
          error={errors.subject}
          maxlength={200}
          autocomplete="off"
          dir="auto"
        />
        <TextAreaField
          id="campaign-body"
          name="body"
          label={text.body}
          hint={text.bodyHint}
          optional
          value={values.body}
          error={errors.body}
          rows={16}
          dir="auto"
        />
      </div>
    </Card>
  );
}

function Delivery({ values, errors = {}, timeZone }: CampaignFormProps) {
  const { form: text } = campaignText.use();
  return (
    <Card title={text.delivery}>
      <div class="grid gap-5 sm:grid-cols-3">
        <NumberField
          name="window_from"
          label={text.windowFrom}
          hint={text.windowHint(timeZone)}
          values={values}
          errors={errors}
        />
        <NumberField name="window_until" label={text.windowUntil} values={values} errors={errors} />
        <NumberField name="rate_per_hour" label={text.rate} values={values} errors={errors} />
        <div class="sm:col-span-3">
          <Checkbox
            id="campaign-tracks-opens"
            name="tracks_opens"
            value="true"
            label={text.opens}
            hint={text.opensHint}
            checked={values.tracks_opens === "true"}
          />
        </div>
      </div>
    </Card>
  );
}

function SubjectTest({ values, errors = {} }: CampaignFormProps) {
  const { form: text } = campaignText.use();
  return (
    <Card title={text.test}>
      <div class="grid gap-5 sm:grid-cols-2">
        <div class="sm:col-span-2">
          <TextField
            id="campaign-subject-b"
            name="subject_b"
            label={text.subjectB}
            hint={text.subjectBHint}
            value={values.subject_b}
            error={errors.subject_b}
            maxlength={200}
            autocomplete="off"
            dir="auto"
            optional
          />
        </div>
        <NumberField name="test_share" label={text.testShare} values={values} errors={errors} />
        <NumberField name="test_hours" label={text.testHours} values={values} errors={errors} />
      </div>
    </Card>
  );
}

function NumberField(
  { name, label, hint, values, errors }: {
    name: string;
    label: string;
    hint?: string;
    values: CampaignValues;
    errors: Record<string, string>;
  },
) {
  return (
    <TextField
      id={`campaign-${name.replaceAll("_", "-")}`}
      name={name}
      label={label}
      hint={hint}
      value={values[name]}
      error={errors[name]}
      inputmode="numeric"
      autocomplete="off"
      optional
    />
  );
}
