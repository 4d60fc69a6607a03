import type { ListedRole } from "../../../src/access/roles.ts";
import { FieldError } from "../../components/field.tsx";
import { RoleName } from "../roles/role_name.tsx";
import { teamText } from "./text.ts";

/** One choice per role, each with what it allows. */
export function RoleField(
  { roles, value, error }: { roles: readonly ListedRole[]; value: string; error?: string },
) {
  const text = teamText.use();
  return (
    <fieldset class="grid gap-1.5" aria-describedby={error ? "role-error" : undefined}>
      <legend class="mb-1.5 font-medium">{text.role.label}</legend>
      <div class="divide-y divide-line overflow-hidden rounded-md border border-field">
        {roles.map((role) => (
          <label class="flex items-start gap-3 px-3 py-2.5 hover:bg-sunken">
            <input
              type="radio"
              name="role"
              value={role.id}
              checked={role.id === value}
              class="mt-0.5 size-4 shrink-0"
            />
            <span class="grid">
              <span class="font-medium wrap-anywhere">
                <RoleName role={role} />
              </span>
              <span class="text-sm text-muted">{hintOf(role)}</span>
            </span>
          </label>
        ))}
      </div>
      {error ? <FieldError id="role-error" text={error} /> : null}
    </fieldset>
  );
}

function hintOf({ id, isBuiltIn, permissions }: ListedRole): string {
  const { hints, ownHint } = teamText.use().role;
  return isBuiltIn ? hints[id as keyof typeof hints] : ownHint(permissions.length);
}
