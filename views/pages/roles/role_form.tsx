import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { type ChoiceGroup, PermissionChoices } from "../../components/permission_choices.tsx";
import { roleText } from "./text.ts";

export type RoleFormProps = {
  /** The role to change; absent for a new one. */
  role?: { id: string };
  groups: ChoiceGroup[];
  values: { name?: string; permissions: readonly string[] };
  errors?: FieldErrors;
  problem?: string;
};

/** The form for a new role or a change. */
export function RoleForm({ role, groups, values, errors = {}, problem }: RoleFormProps) {
  const text = roleText.use();
  return (
    <Card>
      <form
        method="post"
        action={role ? `/settings/roles/${role.id}` : "/settings/roles"}
        novalidate
        class="grid gap-6"
      >
        {problem ? <Alert kind="error">{problem}</Alert> : null}
        {role ? null : <FormKeyField />}
        <TextField
          id="role-name"
          name="name"
          label={text.name}
          hint={text.nameHint}
          value={values.name}
          error={errors.name}
          maxlength={50}
          autocomplete="off"
          dir="auto"
          autofocus={!role || errors.name ? true : undefined}
        />
        <PermissionChoices
          legend={text.permissions}
          groups={groups}
          chosen={values.permissions}
          error={errors.permissions}
        />
        <div class="flex flex-wrap gap-2">
          <Button variant="primary">{role ? text.save : text.create}</Button>
          <ButtonLink href={role ? `/settings/roles/${role.id}` : "/settings/roles"}>
            {text.cancel}
          </ButtonLink>
        </div>
      </form>
    </Card>
  );
}
