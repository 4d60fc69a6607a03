import type { FieldErrors } from "../../../src/errors.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Checkbox } from "../../components/checkbox.tsx";
import { TextField } from "../../components/field.tsx";
import { TextLink } from "../../components/link.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { signInText } from "./text.ts";

export type EmailSignInProps = {
  values?: { email?: string; remember?: boolean };
  errors?: FieldErrors;
  /** The path on this host to open after signing in. */
  next?: string;
};

/** `/login/email`: asks where to send a link and a code. */
export function EmailSignInPage({ values = {}, errors = {}, next }: EmailSignInProps) {
  const text = signInText.use();
  const password = next ? `/login?${new URLSearchParams({ next })}` : "/login";
  return (
    <FormColumn title={text.byEmailTitle} lead={text.byEmailLead}>
      <form method="post" action="/login/email" novalidate class="grid gap-5">
        {next ? <input type="hidden" name="next" value={next} /> : null}
        <TextField
          id="email"
          name="email"
          type="email"
          label={text.email}
          value={values.email}
          error={errors.email}
          autocomplete="username"
          autofocus
        />
        <Checkbox id="remember" name="remember" label={text.remember} checked={values.remember} />
        <Button variant="primary" size="large">{text.sendLink}</Button>
      </form>
      <p class="text-muted">
        {fill(text.passwordInstead, { link: <TextLink href={password}>{text.passwordLink}</TextLink> })}
      </p>
    </FormColumn>
  );
}

/** `/login/code`: says that an email was sent, and takes its code. */
export function SignInCodePage({ address, errors = {} }: { address: string; errors?: FieldErrors }) {
  const text = signInText.use();
  const lead = fill(text.codeLead, {
    address: <strong class="font-medium text-ink wrap-anywhere">{address}</strong>,
  });
  return (
    <FormColumn title={text.codeTitle} lead={lead}>
      <form method="post" action="/login/code" novalidate class="grid gap-5">
        <TextField
          id="code"
          name="code"
          label={text.code}
          hint={text.codeHint}
          error={errors.code}
          inputmode="numeric"
          autocomplete="one-time-code"
          autofocus
        />
        <Button variant="primary" size="large">{text.signIn}</Button>
      </form>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <form method="post" action="/login/code/resend">
          <Button>{text.resend}</Button>
        </form>
        <p class="text-muted">
          {fill(text.otherAddress, { link: <TextLink href="/login/email">{text.startOver}</TextLink> })}
        </p>
      </div>
    </FormColumn>
  );
}

/** `/login/link`, reached by a link from an email. `current` is the account that is signed in here already, if any. */
export function SignInLinkPage(
  { address, token, current }: { address: string; token: string; current?: string },
) {
  const text = signInText.use();
  const name = <strong class="font-medium text-ink wrap-anywhere">{address}</strong>;
  return (
    <FormColumn title={text.linkTitle} lead={fill(text.linkLead, { address: name })}>
      <form method="post" action="/login/link" class="grid gap-5">
        {current ? <Alert kind="info">{text.linkSwitches(current)}</Alert> : null}
        <input type="hidden" name="token" value={token} />
        <Button variant="primary" size="large">{text.signIn}</Button>
      </form>
    </FormColumn>
  );
}

export function ExpiredSignInLinkPage() {
  const text = signInText.use();
  return (
    <FormColumn title={text.linkExpiredTitle} lead={text.linkExpiredLead}>
      <ButtonLink href="/login/email" variant="primary" size="large">{text.askAgain}</ButtonLink>
    </FormColumn>
  );
}
