import { usePage } from "../page.tsx";

/** Belongs in every form that creates something. A form that is sent twice then creates one record. */
export function FormKeyField() {
  return <input type="hidden" name="form_key" value={usePage().formKey} />;
}
