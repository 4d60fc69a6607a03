import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { Divider } from "../../components/divider.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { ProviderButtons, type ProviderLink } from "../../components/provider_buttons.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { type Mark, TenantMark } from "../../components/tenant_mark.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { PasskeySignIn } from "./passkey_sign_in.tsx";
import { signInText } from "./text.ts";

export type SignInFormProps = {
  values?: { email?: string; remember?: boolean };
  problem?: string;
  /** The path on this host to open after signing in. */
  next?: string;
  /** Whether the browser lists passkeys in the email field. */
  offersPasskeys?: boolean;
  /** Whether "or" stands above the emailed link. With providers, it stands above the form. */
  isDivided?: boolean;
};

/** `/login`, on the apex and on the host of a workspace. */
export function SignInPage(
  { workspace, providers, passkeyHref, ...form }:
    & SignInFormProps
    & { workspace?: Mark; providers: ProviderLink[]; passkeyHref?: string },
) {
  const text = signInText.use();
  const { apexUrl } = usePage();
  const name = <bdi class="tenant-name">{workspace?.name}</bdi>;
  return (
    <FormColumn
      title={workspace ? fill(text.heading, { workspace: name }) : text.title}
      mark={workspace ? <TenantMark {...workspace} size="large" /> : null}
      lead={providers.length > 0 ? text.leadWithProviders : text.lead}
    >
      <ProviderButtons providers={providers} />
      <SignInForm {...form} offersPasskeys={!workspace} isDivided={providers.length === 0} />
      <PasskeySignIn href={passkeyHref} values={{ next: form.next, remember: "on" }} mode="autofill" />
      <p class="text-muted">
        {fill(text.newHere, { link: <TextLink href={`${apexUrl}/signup`}>{text.create}</TextLink> })}
      </p>
    </FormColumn>
  );
}

function byEmailHref({ values = {}, next }: SignInFormProps): string {
  const query = new URLSearchParams();
  if (next) query.set("next", next);
  if (values.email) query.set("email", values.email);
  return query.size > 0 ? `/login/email?${query}` : "/login/email";
}

/** Only the form. htmx gets it with 422 if the sign-in fails. */
export function SignInForm({ values = {}, problem, next, offersPasskeys, isDivided }: SignInFormProps) {
  const text = signInText.use();
  const { apexUrl } = usePage();
  return (
    <form
      id="sign-in-form"
      method="post"
      action="/login"
      novalidate
      class="grid gap-5"
      {...hx({ post: "/login", target: "this", swap: "outerHTML", disable: "find .login-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <TextField
        id="email"
        name="email"
        type="email"
        label={text.email}
        value={values.email}
        autocomplete={offersPasskeys ? "username webauthn" : "username"}
        autofocus={!values.email || undefined}
      />
      <PasswordField
        id="password"
        name="password"
        label={text.password}
        autofocus={values.email ? true : undefined}
      />
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <Checkbox id="remember" name="remember" label={text.remember} checked={values.remember} />
        <TextLink href={`${apexUrl}/forgot-password`}>{text.forgot}</TextLink>
      </div>
      <Button id="login-button" class="login-button" variant="primary" size="large">
        {text.signIn}
        <Waiting />
      </Button>
      {isDivided ? <Divider>{text.or}</Divider> : null}
      <ButtonLink href={byEmailHref({ values, next })} size="large">{text.emailLink}</ButtonLink>
    </form>
  );
}
