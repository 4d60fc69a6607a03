import { ButtonLink, type ButtonVariant } from "../../components/button.tsx";
import { PasskeyForm, type PasskeyFormProps } from "../../components/passkey_form.tsx";
import { signInText } from "./text.ts";

export type PasskeySignInProps = {
  /** On a workspace's host: the page on the apex that takes the passkey. */
  href?: string;
  values: { workspace?: string; next?: string; remember?: string };
  mode?: PasskeyFormProps["mode"];
  variant?: ButtonVariant;
};

/** The button that signs in with a passkey. On a workspace's host, it leads to the apex. */
export function PasskeySignIn({ href, values, mode, variant }: PasskeySignInProps) {
  const { passkeyButton } = signInText.use();
  if (href) {
    return <ButtonLink href={href} variant={variant} size="large" icon="key">{passkeyButton}</ButtonLink>;
  }
  return (
    <PasskeyForm
      id="passkey"
      action="/login/passkey"
      options="/login/passkey/options"
      mode={mode}
      values={values}
      label={passkeyButton}
      variant={variant}
      size="large"
    />
  );
}
