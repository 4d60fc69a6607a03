import { usePage } from "../page.tsx";

/** Goes into every form that creates something: sent twice, the form creates it once. */
export function FormKeyField() {
  return <input type="hidden" name="form_key" value={usePage().formKey} />;
}
