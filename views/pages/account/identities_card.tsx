import type { Identity } from "../../../src/identity/identities.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import type { ProviderLink } from "../../components/provider_buttons.tsx";
import { ProviderMark } from "../../components/provider_mark.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

export type IdentitiesCardProps = {
  identities: Identity[];
  /** The providers that the person can connect. */
  providers: ProviderLink[];
  now: Date;
};

/** The accounts at providers with which a person signs in. Nothing if there are none and no provider is set up. */
export function IdentitiesCard({ identities, providers, now }: IdentitiesCardProps) {
  const text = accountText.use();
  if (identities.length === 0 && providers.length === 0) return null;
  const isEmpty = identities.length === 0;
  return (
    <Card title={text.connectedAccounts} flush>
      {isEmpty
        ? <p class="px-4 pt-4 text-muted">{text.noConnectedAccounts}</p>
        : (
          <ul class="divide-y divide-line" aria-label={text.connectedAccounts}>
            {identities.map((identity) => <IdentityItem key={identity.id} identity={identity} now={now} />)}
          </ul>
        )}
      {providers.length > 0
        ? (
          <div class={`flex flex-wrap gap-2 p-4 ${isEmpty ? "" : "border-t border-line"}`}>
            {providers.map(({ provider, name, href }) => (
              <ButtonLink key={provider} href={href}>
                <ProviderMark provider={provider} />
                {text.connectProvider(name)}
              </ButtonLink>
            ))}
          </div>
        )
        : null}
    </Card>
  );
}

function IdentityItem({ identity, now }: { identity: Identity; now: Date }) {
  const { id, provider, email, createdAt, lastUsedAt } = identity;
  const text = accountText.use();
  const name = text.providerNames[provider];
  return (
    <li class="flex min-h-16 items-center gap-3 px-4 py-2.5">
      <ProviderMark provider={provider} />
      <div class="min-w-0 flex-1">
        <p class="truncate font-medium">{name}</p>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted">
          {email ? <span class="max-w-full truncate" dir="auto">{email}</span> : null}
          <span>{fill(text.added, { day: <Day at={createdAt} /> })}</span>
          <span>{fill(text.usedLast, { time: <Time at={lastUsedAt} now={now} /> })}</span>
        </p>
      </div>
      <form method="post" action={`/account/security/identities/${id}/remove`}>
        <Button size="small" aria-label={text.disconnectOf(email ? `${name}, ${email}` : name)}>
          {text.disconnect}
        </Button>
      </form>
    </li>
  );
}
