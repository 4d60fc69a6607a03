import type { Permission } from "../../../src/access/permissions.ts";
import type { FieldErrors } from "../../../src/errors.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FieldError, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { useTranslate } from "../../wording.ts";
import { roleText } from "./text.ts";

/** A permission to choose. Nobody can choose one that they lack. */
export type Choice = Pick<Permission, "key" | "label" | "implies"> & { isAllowed: boolean };

export type RoleFormProps = {
  /** The role to change; absent for a new one. */
  role?: { id: string };
  groups: { label: Wording; choices: Choice[] }[];
  values: { name?: string; permissions: readonly string[] };
  errors?: FieldErrors;
  problem?: string;
};

/** The form for a new role or a change. */
export function RoleForm({ role, groups, values, errors = {}, problem }: RoleFormProps) {
  const text = roleText.use();
  const isLimited = groups.some(({ choices }) => choices.some(({ isAllowed }) => !isAllowed));
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
        <fieldset
          class="min-w-0"
          x-data="permissions"
          x-on:change="addImplied"
          aria-describedby={errors.permissions ? "permissions-error" : undefined}
        >
          <legend class="mb-2 font-medium">{text.permissions}</legend>
          {isLimited ? <p class="mb-2 text-sm text-muted">{text.notYours}</p> : null}
          <div class="divide-y divide-line overflow-hidden rounded-md border border-field">
            {groups.map((group) => (
              <Group
                key={group.label.code}
                group={group}
                chosen={values.permissions}
              />
            ))}
          </div>
          {errors.permissions
            ? (
              <div class="mt-1.5">
                <FieldError id="permissions-error" text={errors.permissions} />
              </div>
            )
            : null}
        </fieldset>
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

function Group({ group: { label, choices }, chosen }: {
  group: RoleFormProps["groups"][number];
  chosen: readonly string[];
}) {
  const translate = useTranslate();
  const id = `permissions-${label.code.replaceAll(/\W/g, "-")}`;
  return (
    <div role="group" aria-labelledby={id} class="grid gap-1 px-3 py-2.5 sm:grid-cols-[9rem_1fr] sm:gap-4">
      <p id={id} class="py-1 text-sm font-semibold">{translate(label)}</p>
      <div>
        {choices.map((choice) => (
          <PermissionBox key={choice.key} choice={choice} isChecked={chosen.includes(choice.key)} />
        ))}
      </div>
    </div>
  );
}

/** A permission's checkbox. It names the permissions that come with it. */
function PermissionBox(
  { choice: { key, label, implies, isAllowed }, isChecked }: { choice: Choice; isChecked: boolean },
) {
  const text = roleText.use();
  const translate = useTranslate();
  const hintId = `${key.replace(":", "-")}-hint`;
  return (
    <label class="flex items-start gap-2.5 py-1 max-sm:py-3 has-disabled:text-muted">
      <input
        type="checkbox"
        name="permissions"
        value={key}
        checked={isChecked}
        disabled={!isAllowed}
        data-implies={implies.length > 0 ? implies.map((each) => each.key).join(" ") : undefined}
        aria-describedby={implies.length > 0 ? hintId : undefined}
        class="mt-0.5 size-4 shrink-0"
      />
      <span>
        {translate(label)}
        {implies.length > 0
          ? (
            <span id={hintId} aria-hidden="true" class="block text-sm text-muted">
              {text.includes(implies.map((each) => translate(each.label)))}
            </span>
          )
          : null}
      </span>
    </label>
  );
}
