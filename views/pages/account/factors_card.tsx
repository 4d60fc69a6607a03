import type { Factor, FactorType } from "../../../src/identity/factors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Icon, type IconName } from "../../components/icon.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { accountText } from "./text.ts";

export type FactorsCardProps = {
  factors: Factor[];
  recovery: { left: number; all: number };
  /** Whether codes can be sent to the person's address. */
  isVerified: boolean;
  /** Whether codes can be sent to phones. */
  sendsTexts: boolean;
  /** The page on the apex that adds a passkey. */
  passkeyHref: string;
  now: Date;
};

/** A person's second factors. */
export function FactorsCard(
  { factors, recovery, isVerified, sendsTexts, passkeyHref, now }: FactorsCardProps,
) {
  const text = accountText.use();
  const isOff = factors.length === 0;
  return (
    <Card title={text.twoStep} flush>
      {isOff
        ? <p class="px-4 pt-4 text-muted">{text.twoStepOff}</p>
        : (
          <ul class="divide-y divide-line" aria-label={text.twoStep}>
            {factors.map((factor) => <FactorItem key={factor.id} factor={factor} now={now} />)}
            <RecoveryItem {...recovery} />
          </ul>
        )}
      <div class={`flex flex-wrap items-center gap-2 p-4 ${isOff ? "" : "border-t border-line"}`}>
        <ButtonLink href={passkeyHref} icon="plus">{text.addPasskey}</ButtonLink>
        <ButtonLink href="/account/security/factors/new?type=totp" icon="plus">{text.addApp}</ButtonLink>
        {sendsTexts
          ? <ButtonLink href="/account/security/factors/new?type=sms" icon="plus">{text.addPhone}</ButtonLink>
          : null}
        {isVerified
          ? (
            <ButtonLink href="/account/security/factors/new?type=email" icon="plus">
              {text.addEmail}
            </ButtonLink>
          )
          : <p class="text-sm text-muted">{text.emailUnconfirmed}</p>}
      </div>
    </Card>
  );
}

const ICONS: Record<FactorType, IconName> = { totp: "phone", sms: "phone", email: "inbox", passkey: "key" };

function FactorItem(
  { factor: { id, type, name, createdAt, lastUsedAt }, now }: { factor: Factor; now: Date },
) {
  const text = accountText.use();
  const typeName = text.factorTypes[type];
  return (
    <li class="flex min-h-16 items-center gap-3 px-4 py-2.5">
      <Icon name={ICONS[type]} class="size-5 text-faint" />
      <div class="min-w-0 flex-1">
        <p class="truncate font-medium" dir="auto">{name}</p>
        <p class="flex flex-wrap gap-x-3 text-sm text-muted">
          {name === typeName ? null : <span>{typeName}</span>}
          <span>{fill(text.added, { day: <Day at={createdAt} /> })}</span>
          <span>
            {lastUsedAt ? fill(text.usedLast, { time: <Time at={lastUsedAt} now={now} /> }) : text.neverUsed}
          </span>
        </p>
      </div>
      <form method="post" action={`/account/security/factors/${id}/remove`}>
        <Button size="small" aria-label={text.removeFactorOf(name)}>{text.removeFactor}</Button>
      </form>
    </li>
  );
}

function RecoveryItem({ left, all }: FactorsCardProps["recovery"]) {
  const text = accountText.use();
  return (
    <li class="flex min-h-16 items-center gap-3 px-4 py-2.5">
      <Icon name="shield" class="size-5 text-faint" />
      <div class="min-w-0 flex-1">
        <p class="font-medium">{text.recoveryCodes}</p>
        <p class="text-sm text-muted tabular-nums">{text.recoveryLeft(left, all)}</p>
      </div>
      <form method="post" action="/account/security/recovery-codes">
        <Button size="small">{text.renewCodes}</Button>
      </form>
    </li>
  );
}
