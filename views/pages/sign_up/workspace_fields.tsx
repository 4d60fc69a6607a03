import type { FieldErrors } from "../../../src/errors.ts";
import { TextField } from "../../components/field.tsx";
import { AddressField, suggestsAddress } from "./address_field.tsx";
import { signUpText } from "./text.ts";

/** The name and the address of a new workspace. `focus` is the field that gets the focus. */
export function WorkspaceFields(
  { values, errors, hostSuffix, focus }: {
    values: { company_name?: string; subdomain?: string; suggested?: string };
    errors: FieldErrors;
    hostSuffix: string;
    focus?: string;
  },
) {
  const text = signUpText.use();
  return (
    <>
      <TextField
        id="company-name"
        name="company_name"
        label={text.companyName}
        value={values.company_name}
        error={errors.company_name}
        autofocus={focus === "company_name" || undefined}
        autocomplete="organization"
        dir="auto"
        {...suggestsAddress()}
      />
      <AddressField
        value={values.subdomain}
        suggested={values.suggested}
        error={errors.subdomain}
        autofocus={focus === "subdomain" || undefined}
        hostSuffix={hostSuffix}
      />
    </>
  );
}
