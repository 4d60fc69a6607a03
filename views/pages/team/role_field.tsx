import type { Role } from "../../../src/access/permissions.ts";
import { FieldError } from "../../components/field.tsx";
import { teamText } from "./text.ts";

/** One choice per role, each with what it allows. */
export function RoleField(
  { roles, value, error }: { roles: readonly Role[]; value: Role; error?: string },
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
              value={role}
              checked={role === value}
              class="mt-0.5 size-4 shrink-0"
            />
            <span class="grid">
              <span class="font-medium">{text.roles[role]}</span>
              <span class="text-sm text-muted">{text.role.hints[role]}</span>
            </span>
          </label>
        ))}
      </div>
      {error ? <FieldError id="role-error" text={error} /> : null}
    </fieldset>
  );
}
