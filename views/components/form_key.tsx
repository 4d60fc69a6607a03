import { usePage } from "../page.tsx";

/** Belongs in every form that creates something, so that a form that is sent twice creates it once. */
export function FormKeyField() {
  return <input type="hidden" name="form_key" value={usePage().formKey} />;
}
