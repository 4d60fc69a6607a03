import type { OpenConnection } from "../../../src/identity/identity_management.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { FormColumn } from "../../layouts/site_layout.tsx";
import { fill } from "../../text.ts";
import { oauthText } from "./text.ts";

export type ConnectPageProps = Pick<OpenConnection, "step" | "owner"> & {
  title: string;
  /** The provider's name. */
  provider: string;
  /** The address at the provider. Null if the provider hasn't verified it. */
  account: string | null;
  /** The address of the person who is signed in. */
  current: string;
  /** The page's own path. */
  path: string;
};

/** `/auth/connect`: lets a person sign in with the account that they proved at a provider. */
export function ConnectPage(props: ConnectPageProps) {
  const Step = { connect: Connect, sign_in: SignIn, switch: SwitchAccount }[props.step];
  return (
    <FormColumn title={props.title}>
      <Step {...props} />
    </FormColumn>
  );
}

function Connect({ provider, account, owner, path }: ConnectPageProps) {
  const text = oauthText.use();
  return (
    <>
      <p class="text-muted">{text.connectLead(provider)}</p>
      <DescriptionList
        facts={[
          { term: text.account(provider), value: account ?? text.unverifiedAccount },
          { term: text.owner, value: owner },
        ]}
      />
      <form method="post" action={path} class="flex flex-wrap gap-2">
        <Button variant="primary" size="large">{text.connect(provider)}</Button>
        <ButtonLink href="/account/security" size="large">{text.notNow}</ButtonLink>
      </form>
    </>
  );
}

function SignIn({ provider, owner, path }: ConnectPageProps) {
  const text = oauthText.use();
  return (
    <>
      <p class="text-muted">{fill(text.signInLead, { owner: <Address email={owner} />, provider })}</p>
      <div>
        <ButtonLink
          href={`/login?${new URLSearchParams({ next: path, email: owner })}`}
          variant="primary"
          size="large"
        >
          {text.signIn}
        </ButtonLink>
      </div>
      <p class="text-sm text-muted">{text.signInNote}</p>
    </>
  );
}

function SwitchAccount({ provider, owner, current, path }: ConnectPageProps) {
  const text = oauthText.use();
  const parts = { current: <Address email={current} />, owner: <Address email={owner} />, provider };
  return (
    <>
      <p class="text-muted">{fill(text.switchLead, parts)}</p>
      <form method="post" action="/logout" class="flex flex-wrap gap-2">
        <input type="hidden" name="next" value={path} />
        <Button variant="primary" size="large">{text.signOut}</Button>
        <ButtonLink href="/workspaces" size="large">{text.stay}</ButtonLink>
      </form>
    </>
  );
}

function Address({ email }: { email: string }) {
  return <strong class="font-medium text-ink wrap-anywhere">{email}</strong>;
}
