import type { Child } from "hono/jsx";
import { usePage } from "../page.tsx";
import { Button, type ButtonSize, type ButtonVariant } from "./button.tsx";
import { componentText } from "./component_text.ts";

export type PasskeyFormProps = {
  id: string;
  action: string;
  /** Where the script gets the challenge for the browser. */
  options: string;
  /** `autofill` also offers passkeys in the email field. `create` makes a new one. */
  mode?: "use" | "autofill" | "create";
  /** The field of the browser's answer. */
  field?: string;
  /** Hidden fields. */
  values?: Record<string, string | undefined>;
  label: string;
  variant?: ButtonVariant;
  size?: ButtonSize;
  children?: Child;
};

/**
 * A form whose button uses a passkey. Only on the apex, because passkeys belong to its host name. Without JavaScript, the form sends no
 * passkey, and the server explains what to do. At most one on a page.
 */
export function PasskeyForm(
  { id, action, options, mode = "use", field = "credential", values = {}, label, variant, size, children }:
    PasskeyFormProps,
) {
  const { nonce, asset } = usePage();
  const { passkey } = componentText.use();
  return (
    <form
      id={id}
      method="post"
      action={action}
      novalidate
      class="grid gap-5"
      data-passkey={mode}
      data-options={options}
    >
      {Object.entries(values).map(([name, value]) =>
        value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />
      )}
      <input type="hidden" name={field} data-credential />
      {children}
      <div class="grid gap-2">
        <Button id={`${id}-button`} variant={variant} size={size} icon="key">{label}</Button>
        <p
          class="text-sm text-danger"
          role="alert"
          data-problem
          data-unsupported={passkey.unsupported}
          data-canceled={passkey.canceled}
          data-known={passkey.known}
          data-failed={passkey.failed}
          hidden
        />
      </div>
      <script nonce={nonce} src={asset("passkeys.js")} defer></script>
    </form>
  );
}
