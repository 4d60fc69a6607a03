import { Alert } from "../../components/alert.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { accountText } from "./text.ts";

/** Asks for the password. A person without one proves the account by a recent sign-in, which only an error mentions. */
export function OwnerProof({ hasPassword, error }: { hasPassword: boolean; error?: string }) {
  if (!hasPassword) return error ? <Alert kind="error">{error}</Alert> : null;
  return (
    <PasswordField
      id="password"
      name="password"
      label={accountText.use().passwordProof}
      error={error}
      autofocus={error ? true : undefined}
    />
  );
}
