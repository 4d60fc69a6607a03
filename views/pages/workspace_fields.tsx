import type { FieldErrors } from "../../src/errors.ts";
import { TextField } from "../components/field.tsx";

type FieldProps = { value?: string; error?: string; autofocus?: boolean };

/**
 * The name and the address of a new workspace. The form around them has `x-data="subdomain"`, which suggests an address from
 * the name. `focus` is the field that gets the focus.
 */
export function WorkspaceFields(
  { values, errors, hostSuffix, focus }: {
    values: { company_name?: string; subdomain?: string };
    errors: FieldErrors;
    hostSuffix: string;
    focus?: string;
  },
) {
  return (
    <>
      <TextField
        id="company-name"
        name="company_name"
        label="Company name"
        value={values.company_name}
        error={errors.company_name}
        autofocus={focus === "company_name" || undefined}
        autocomplete="organization"
        x-on:input="suggest"
      />
      <SubdomainField
        value={values.subdomain}
        error={errors.subdomain}
        autofocus={focus === "subdomain" || undefined}
        hostSuffix={hostSuffix}
      />
    </>
  );
}

/** A workspace's address, inside a form with `x-data="subdomain"`. */
export function SubdomainField({ hostSuffix, ...field }: FieldProps & { hostSuffix: string }) {
  return (
    <div class="grid gap-1.5">
      <TextField
        id="subdomain"
        name="subdomain"
        label="Workspace address"
        hint="Lowercase letters, digits and hyphens."
        suffix={hostSuffix}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        x-ref="subdomain"
        x-on:input="take"
        {...field}
      />
      <p class="text-sm text-muted" x-cloak x-show="isReady">
        Your team will sign in at{" "}
        <span class="font-medium text-ink wrap-anywhere">
          <span x-text="preview"></span>
          {hostSuffix}
        </span>
      </p>
    </div>
  );
}
