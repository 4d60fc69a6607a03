import type { Child } from "hono/jsx";
import type { InvitationStep } from "../../../src/access/accept_invitation.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { PasswordField } from "../../components/password_field.tsx";
import { ProviderButtons, type ProviderLink } from "../../components/provider_buttons.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { type Mark, TenantMark } from "../../components/tenant_mark.tsx";
import { Day } from "../../components/time.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { invitationText } from "./text.ts";

export type InvitationPageProps = {
  step: InvitationStep;
  /** The invited address. */
  email: string;
  /** The id of a built-in role, or the name of another role. */
  role: string;
  invitedBy: string | null;
  expiresAt: Date;
  workspace: Mark;
  /** The address of the person who is signed in. */
  current: string;
  /** The page's own path. */
  path: string;
  form: { values: { name?: string }; errors: Record<string, string>; problem?: string };
  providers: ProviderLink[];
  /** The provider where the person has proved the invited address. */
  provenAt: string | null;
};

/** `/invitations/:token`: what the person with the link has to do to join. */
export function InvitationPage(props: InvitationPageProps) {
  const { step, role, invitedBy, expiresAt, workspace } = props;
  const text = invitationText.use();
  const roleName = (text.roles as Record<string, string>)[role] ?? text.ownRole(role);
  const Step = STEPS[step];
  return (
    <FormColumn
      title={fill(text.heading, { workspace: <bdi>{workspace.name}</bdi> })}
      mark={<TenantMark {...workspace} size="large" />}
      lead={invitedBy ? text.leadFrom(invitedBy, roleName) : text.lead(roleName)}
    >
      <Step {...props} />
      <p class="text-sm text-muted">{fill(text.until, { day: <Day at={expiresAt} long /> })}</p>
    </FormColumn>
  );
}

const STEPS: Record<InvitationStep, (props: InvitationPageProps) => Child> = {
  set_up: SetUp,
  sign_in: SignIn,
  accept: Accept,
  switch: SwitchAccount,
};

function SetUp(props: InvitationPageProps) {
  const text = invitationText.use();
  const { email, provenAt, path, providers } = props;
  const address = <Address email={email} />;
  if (provenAt) {
    const link = <TextLink href={`${path}?password`}>{text.otherWayLink}</TextLink>;
    return (
      <>
        <p>{fill(text.setUpAtProvider, { email: address, provider: provenAt })}</p>
        <NewcomerForm {...props} />
        <p class="text-muted">{fill(text.otherWay, { link })}</p>
      </>
    );
  }
  return (
    <>
      <p>{fill(providers.length > 0 ? text.forAddress : text.setUp, { email: address })}</p>
      <ProviderButtons providers={providers} />
      <NewcomerForm {...props} />
    </>
  );
}

/** Only the form. htmx gets it with 422 if it has errors. Password managers read the address. Without a password after a provider. */
export function NewcomerForm(
  { path, email, provenAt, form: { values, errors, problem } }: Pick<
    InvitationPageProps,
    "path" | "email" | "provenAt" | "form"
  >,
) {
  const text = invitationText.use();
  return (
    <form
      id="invitation-form"
      method="post"
      action={path}
      novalidate
      class="grid gap-5"
      {...hx({ post: path, target: "this", swap: "outerHTML", disable: "find .join-button" })}
    >
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <input type="email" name="email" value={email} autocomplete="username" readonly hidden />
      <TextField
        id="name"
        name="name"
        label={text.name}
        value={values.name}
        error={errors.name}
        maxlength={100}
        autocomplete="name"
        autofocus
      />
      {provenAt
        ? null
        : <PasswordField isNew id="password" name="password" label={text.password} error={errors.password} />}
      <Button class="join-button" variant="primary" size="large">
        {text.join}
        <Waiting />
      </Button>
    </form>
  );
}

function SignIn({ email, path, providers }: InvitationPageProps) {
  const text = invitationText.use();
  return (
    <>
      <p>{fill(text.signIn, { email: <Address email={email} /> })}</p>
      <ProviderButtons providers={providers} />
      <div>
        <ButtonLink
          href={`/login?${new URLSearchParams({ next: path, email })}`}
          variant="primary"
          size="large"
        >
          {text.signInButton}
        </ButtonLink>
      </div>
    </>
  );
}

function Accept({ email, path, form: { problem } }: InvitationPageProps) {
  const text = invitationText.use();
  return (
    <>
      {problem ? <Alert kind="error">{problem}</Alert> : null}
      <p>{fill(text.accept, { email: <Address email={email} /> })}</p>
      <form method="post" action={path} class="flex flex-wrap gap-2">
        <Button variant="primary" size="large">{text.acceptButton}</Button>
        <ButtonLink href="/workspaces" size="large">{text.notNow}</ButtonLink>
      </form>
    </>
  );
}

function SwitchAccount({ email, current, path }: InvitationPageProps) {
  const text = invitationText.use();
  const addresses = { current: <Address email={current} />, email: <Address email={email} /> };
  return (
    <>
      <p>{fill(text.switch, addresses)} {text.switchHow}</p>
      <form method="post" action="/logout" class="flex flex-wrap gap-2">
        <input type="hidden" name="next" value={path} />
        <Button variant="primary" size="large">{text.signOut}</Button>
        <ButtonLink href="/workspaces" size="large">{text.keepAccount}</ButtonLink>
      </form>
    </>
  );
}

function Address({ email }: { email: string }) {
  return <strong class="font-medium text-ink wrap-anywhere">{email}</strong>;
}
