import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { type ChoiceGroup, PermissionChoices } from "../../components/permission_choices.tsx";
import { SelectField } from "../../components/select.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { KEYS } from "./key_list.tsx";
import { keyText } from "./text.ts";

/** How many days a new key works. */
export const EXPIRIES = ["30", "90", "365", "never"] as const;
const DEFAULT_EXPIRY = "90";

export type KeyFormProps = {
  groups: ChoiceGroup[];
  /** How many requests in a minute the workspace's plan allows. */
  planLimit: number;
  values: {
    name?: string;
    permissions: readonly string[];
    expiry?: string;
    allowed_ips?: string;
    requests_per_minute?: string;
  };
  errors?: FieldErrors;
  problem?: string;
};

/** `/developers/api-keys/new`: a new key's name, permissions and limits. */
export function KeyForm({ groups, planLimit, values, errors = {}, problem }: KeyFormProps) {
  const text = keyText.use();
  const { count } = formatsOf(usePage().locale);
  return (
    <div class="max-w-xl">
      <Card>
        <form id="key-form" method="post" action={KEYS.path} novalidate class="grid gap-6">
          {problem ? <Alert kind="error">{problem}</Alert> : null}
          <FormKeyField />
          <TextField
            id="key-name"
            name="name"
            label={text.name}
            hint={text.nameHint}
            value={values.name}
            error={errors.name}
            maxlength={60}
            autocomplete="off"
            dir="auto"
            autofocus
          />
          <PermissionChoices
            legend={text.permissions}
            groups={groups}
            chosen={values.permissions}
            error={errors.permissions}
          />
          <SelectField
            id="key-expiry"
            name="expiry"
            label={text.expiry}
            hint={text.expiryHint}
            options={EXPIRIES.map((value) => ({ value, label: text.expiries[value] }))}
            value={values.expiry ?? DEFAULT_EXPIRY}
            error={errors.expiry}
          />
          <TextAreaField
            id="key-addresses"
            name="allowed_ips"
            label={text.allowedIps}
            hint={text.allowedIpsHint}
            optional
            rows={2}
            dir="ltr"
            value={values.allowed_ips}
            error={errors.allowed_ips}
          />
          <TextField
            id="key-requests"
            name="requests_per_minute"
            label={text.requests}
            hint={text.requestsHint(count.format(planLimit))}
            optional
            inputmode="numeric"
            value={values.requests_per_minute}
            error={errors.requests_per_minute}
          />
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.create}</Button>
            <ButtonLink href={KEYS.path}>{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
