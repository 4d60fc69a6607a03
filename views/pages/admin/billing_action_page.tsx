import type { Child } from "hono/jsx";
import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList, type Fact } from "../../components/description_list.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { type Option, SelectField } from "../../components/select.tsx";
import { adminBillingText } from "./billing_text.ts";

const MAX_REASON_LENGTH = 500;
const MAX_TRIAL_DAYS = 365;

/** What staff can do about a workspace's billing. */
export type BillingAction = keyof ReturnType<typeof adminBillingText.use>["todo"];

export type BillingForm = {
  values: Record<string, string | undefined>;
  errors: FieldErrors;
  problem?: string;
};

export type BillingActionPageProps = {
  action: BillingAction;
  /** Where the form goes, and where "Cancel" leads. */
  path: string;
  back: string;
  facts?: Fact[];
  /** What stands above the reason. */
  fields?: Child;
  form?: BillingForm;
};

const DANGEROUS: readonly BillingAction[] = ["refund", "void"];

/** `/admin/tenants/:id/billing/ACTION`: asks for confirmation, for a reason, and for what the change needs. */
export function BillingActionPage({ action, path, back, facts, fields, form }: BillingActionPageProps) {
  const text = adminBillingText.use();
  const { lead, button } = text.todo[action];
  return (
    <div class="max-w-160">
      <Card>
        <form method="post" action={path} novalidate class="grid gap-5">
          <FormKeyField />
          {form?.problem ? <Alert kind="error">{form.problem}</Alert> : null}
          <p class="text-muted">{lead}</p>
          {facts && facts.length > 0 ? <DescriptionList facts={facts} /> : null}
          {fields}
          <TextAreaField
            id="reason"
            name="reason"
            label={text.reason}
            hint={text.reasonHint}
            rows={3}
            maxlength={MAX_REASON_LENGTH}
            value={form?.values.reason}
            error={form?.errors.reason}
            autofocus={form ? true : undefined}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant={DANGEROUS.includes(action) ? "danger" : "primary"}>{button}</Button>
            <ButtonLink href={back}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}

/** How much to refund. `left` is all that can be refunded, such as "$29.00". */
export function AmountField({ left, form }: { left: string; form?: BillingForm }) {
  const text = adminBillingText.use();
  return (
    <TextField
      id="amount"
      name="amount"
      label={text.refundAmount}
      hint={text.refundAmountHint(left)}
      inputmode="decimal"
      optional
      value={form?.values.amount}
      error={form?.errors.amount}
    />
  );
}

/** By how many days the trial gets longer. */
export function DaysField({ form }: { form?: BillingForm }) {
  return (
    <TextField
      id="days"
      name="days"
      type="number"
      min="1"
      max={MAX_TRIAL_DAYS}
      label={adminBillingText.use().daysMore}
      value={form?.values.days ?? "7"}
      error={form?.errors.days}
    />
  );
}

/** Which plan, until when. */
export function GrantFields({ plans, form }: { plans: Option[]; form?: BillingForm }) {
  return (
    <>
      <SelectField
        id="plan"
        name="plan"
        label={adminBillingText.use().plan}
        options={plans}
        value={form?.values.plan ?? plans.at(-1)?.value}
        error={form?.errors.plan}
      />
      <DayField form={form} />
    </>
  );
}

/** Which limit or feature, its value, until when. */
export function OverrideFields({ keys, form }: { keys: Option[]; form?: BillingForm }) {
  const text = adminBillingText.use();
  return (
    <>
      <SelectField
        id="key"
        name="key"
        label={text.key}
        options={keys}
        value={form?.values.key}
        error={form?.errors.key}
      />
      <TextField
        id="value"
        name="value"
        label={text.value}
        hint={text.valueHint}
        value={form?.values.value}
        error={form?.errors.value}
      />
      <DayField form={form} />
    </>
  );
}

function DayField({ form }: { form?: BillingForm }) {
  const text = adminBillingText.use();
  return (
    <TextField
      id="until"
      name="until"
      type="date"
      label={text.day}
      hint={text.dayHint}
      optional
      value={form?.values.until}
      error={form?.errors.until}
    />
  );
}
