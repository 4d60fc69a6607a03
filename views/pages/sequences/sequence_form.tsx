import type { ErrorKind, FieldErrors } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { SelectField } from "../../components/select.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { sequenceText } from "./text.ts";

type FormProps = {
  /** The values as texts, by their names in the form. */
  values: Record<string, string | undefined>;
  errors?: FieldErrors;
  kind?: ErrorKind;
  problem?: string;
};

export type SequenceFormProps = FormProps & {
  /** The sequence to change; absent for a new one. */
  sequence?: { id: string; version: number };
  lists: { id: string; name: string }[];
};

/** `/sequences/new` and `/sequences/:id/edit` */
export function SequenceForm({ sequence, lists, values, errors = {}, kind, problem }: SequenceFormProps) {
  const { form: text, cancel } = sequenceText.use();
  const action = sequence ? `/sequences/${sequence.id}` : "/sequences";
  const options = (types: Record<string, string>) =>
    Object.entries(types).map(([value, label]) => ({ value, label }));
  return (
    <Card class="max-w-2xl">
      <form method="post" action={action} novalidate class="grid gap-5">
        <FormProblem kind={kind} problem={problem} />
        {sequence ? <input type="hidden" name="version" value={sequence.version} /> : <FormKeyField />}
        <TextField
          id="name"
          name="name"
          label={text.name}
          hint={text.nameHint}
          value={values.name}
          error={errors.name}
          maxlength={120}
          autocomplete="off"
          dir="auto"
        />
        <SelectField
          id="trigger-type"
          name="trigger_type"
          label={text.trigger}
          options={options(text.triggerTypes)}
          value={values.trigger_type ?? "tag"}
        />
        <TextField
          id="trigger-value"
          name="trigger_value"
          label={text.triggerValue}
          hint={text.triggerHint}
          value={values.trigger_value}
          error={errors.trigger ?? errors["trigger.value"]}
          optional
          autocomplete="off"
          dir="auto"
        />
        <SelectField
          id="trigger-list"
          name="trigger_list"
          label={text.list}
          options={[
            { value: "", label: text.noList },
            ...lists.map(({ id, name }) => ({ value: id, label: name, isTyped: true })),
          ]}
          value={values.trigger_list ?? ""}
        />
        <SelectField
          id="goal-type"
          name="goal_type"
          label={text.goal}
          options={options(text.goalTypes)}
          value={values.goal_type ?? "none"}
        />
        <TextField
          id="goal-value"
          name="goal_value"
          label={text.goalValue}
          hint={text.goalHint}
          value={values.goal_value}
          error={errors.goal ?? errors["goal.value"]}
          optional
          autocomplete="off"
          dir="auto"
        />
        <div class="grid gap-5 sm:grid-cols-2">
          <TextField
            id="cap-emails"
            name="cap_emails"
            label={text.capEmails}
            hint={text.capHint}
            value={values.cap_emails}
            error={errors.cap_emails}
            optional
            inputmode="numeric"
            autocomplete="off"
          />
          <TextField
            id="cap-days"
            name="cap_days"
            label={text.capDays}
            value={values.cap_days}
            error={errors.cap_days}
            optional
            inputmode="numeric"
            autocomplete="off"
          />
        </div>
        <div class="flex flex-wrap gap-2">
          <Button variant="primary">{sequence ? text.save : text.create}</Button>
          <ButtonLink href={action}>{cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}

export type StepFormProps = FormProps & { sequenceId: string; version: number; stepId?: string };

/** `/sequences/:id/steps/new` and `/sequences/:id/steps/:step/edit` */
export function StepForm({ sequenceId, version, stepId, values, errors = {}, kind, problem }: StepFormProps) {
  const { stepForm: text, cancel } = sequenceText.use();
  const action = `/sequences/${sequenceId}/steps${stepId ? `/${stepId}` : ""}`;
  const types = Object.entries(text.conditionTypes).map(([value, label]) => ({ value, label }));
  return (
    <Card class="max-w-2xl">
      <form method="post" action={action} novalidate class="grid gap-5">
        <FormProblem kind={kind} problem={problem} />
        <input type="hidden" name="version" value={version} />
        <TextField
          id="delay"
          name="delay_hours"
          label={text.delay}
          hint={text.delayHint}
          value={values.delay_hours ?? "24"}
          error={errors.delay_hours}
          inputmode="numeric"
          autocomplete="off"
        />
        <SelectField
          id="condition"
          name="condition_type"
          label={text.condition}
          options={types}
          value={values.condition_type ?? "all"}
        />
        <TextField
          id="condition-tag"
          name="condition_tag"
          label={text.tag}
          hint={text.tagHint}
          value={values.condition_tag}
          error={errors.condition ?? errors["condition.value"]}
          optional
          autocomplete="off"
          dir="auto"
        />
        <TextField
          id="subject"
          name="subject"
          label={text.subject}
          value={values.subject}
          error={errors.subject}
          maxlength={200}
          autocomplete="off"
          dir="auto"
        />
        <TextAreaField
          id="body"
          name="body"
          label={text.body}
          hint={text.bodyHint}
          value={values.body}
          error={errors.body}
          rows={12}
          dir="auto"
        />
        <div class="flex flex-wrap gap-2">
          <Button variant="primary">{stepId ? text.save : text.add}</Button>
          <ButtonLink href={`/sequences/${sequenceId}`}>{cancel}</ButtonLink>
        </div>
      </form>
    </Card>
  );
}
