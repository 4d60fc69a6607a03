import type { FieldErrors } from "../../../src/errors.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { flagText } from "./flag_text.ts";
import { type NamedPlan, PlanChoices } from "./plan_choices.tsx";

export type FlagPageProps = {
  name: string;
  /** Null if the code no longer declares the flag. */
  description: string | null;
  default: boolean;
  isChanged: boolean;
  plans: NamedPlan[];
  values: Record<string, string | undefined>;
  errors?: FieldErrors;
};

/** `/admin/flags/:name`: whom a flag is on for. */
export function FlagPage(props: FlagPageProps) {
  const text = flagText.use();
  const { name, description, isChanged } = props;
  const hint = description === null ? text.removeHint : text.resetHint(props.default);
  return (
    <div class="grid max-w-160 gap-6">
      {description === null ? null : (
        <div>
          <PageLead>{description}</PageLead>
          <RuleForm {...props} />
        </div>
      )}
      {isChanged
        ? (
          <Card>
            <form method="post" action={`/admin/flags/${name}/reset`} class="grid justify-items-start gap-3">
              <p class="text-muted">{hint}</p>
              <Button>{description === null ? text.remove : text.reset}</Button>
            </form>
          </Card>
        )
        : null}
    </div>
  );
}

function RuleForm({ name, plans, values, errors = {} }: FlagPageProps) {
  const text = flagText.use();
  return (
    <Card>
      <form method="post" action={`/admin/flags/${name}`} novalidate class="grid gap-5">
        <TextField
          id="percentage"
          name="percentage"
          type="number"
          label={text.percentage}
          hint={text.percentageHint}
          value={values.percentage}
          error={errors.percentage}
          min={0}
          max={100}
        />
        <PlanChoices label={text.plans} plans={plans} values={values} />
        <TextAreaField
          id="on-for"
          name="on_for"
          label={text.alwaysOn}
          hint={text.listHint}
          optional
          rows={3}
          value={values.on_for}
          error={errors.on_for}
          dir="ltr"
        />
        <TextAreaField
          id="off-for"
          name="off_for"
          label={text.alwaysOff}
          hint={text.listHint}
          optional
          rows={3}
          value={values.off_for}
          error={errors.off_for}
          dir="ltr"
        />
        <div>
          <Button variant="primary">{text.save}</Button>
        </div>
      </form>
    </Card>
  );
}
