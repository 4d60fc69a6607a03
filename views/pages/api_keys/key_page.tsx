import type { PermissionGroup } from "../../../src/access/permissions.ts";
import type { Child } from "hono/jsx";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Day, Instant } from "../../components/time.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { fill } from "../../text.ts";
import { useTranslate } from "../../wording.ts";
import { Expiry, KEYS, type ListedKey, Prefix } from "./key_list.tsx";
import { keyText } from "./text.ts";

type KeyPageProps = { apiKey: ListedKey; groups: readonly PermissionGroup[]; now: Date };

/** `/developers/api-keys/:id`: the facts about a key beside what it can do. */
export function KeyPage({ apiKey, groups, now }: KeyPageProps) {
  const text = keyText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.facts}>
        <KeyFacts apiKey={apiKey} now={now} />
      </Card>
      <Card title={text.can}>
        <Permissions keys={apiKey.permissions} groups={groups} />
        <p class="mt-4 border-t border-line pt-3 text-sm text-muted wrap-anywhere">
          {fill(text.canHint, { name: <bdi>{apiKey.createdBy.name}</bdi> })}
        </p>
      </Card>
    </div>
  );
}

/** The page's actions. */
export function KeyActions({ apiKey: { id, canRotate } }: { apiKey: ListedKey }) {
  const text = keyText.use();
  return (
    <>
      <ButtonLink href={`${KEYS.path}/${id}/revoke`} icon="trash">{text.revoke}</ButtonLink>
      {canRotate
        ? (
          <ButtonLink href={`${KEYS.path}/${id}/rotate`} variant="primary" icon="restore">
            {text.rotate}
          </ButtonLink>
        )
        : null}
    </>
  );
}

function KeyFacts({ apiKey, now }: { apiKey: ListedKey; now: Date }) {
  const text = keyText.use();
  const { count } = formatsOf(usePage().locale);
  const { allowedIps, requestsPerMinute, createdBy, createdAt, lastUsedAt } = apiKey;
  const facts: { term: string; value: Child }[] = [
    { term: text.prefix, value: <Prefix apiKey={apiKey} /> },
    { term: text.creator, value: <bdi>{createdBy.name}</bdi> },
    { term: text.createdOn, value: <Day at={createdAt} /> },
    { term: text.expires, value: <Expiry apiKey={apiKey} now={now} /> },
    { term: text.lastUsed, value: lastUsedAt ? <Instant at={lastUsedAt} now={now} /> : text.neverUsed },
    {
      term: text.addresses,
      value: allowedIps.length > 0 ? <Addresses list={allowedIps} /> : text.anyAddress,
    },
    {
      term: text.limit,
      value: requestsPerMinute === null ? text.wholePlan : count.format(requestsPerMinute),
    },
  ];
  return <DescriptionList facts={facts} />;
}

function Addresses({ list }: { list: string[] }) {
  return (
    <ul class="font-mono text-sm" dir="ltr">
      {list.map((address) => <li key={address}>{address}</li>)}
    </ul>
  );
}

function Permissions({ keys, groups }: { keys: string[]; groups: readonly PermissionGroup[] }) {
  const translate = useTranslate();
  const granted = groups.map(({ label, permissions }) => ({
    label,
    permissions: permissions.filter(({ key }) => keys.includes(key)),
  })).filter(({ permissions }) => permissions.length > 0);
  return (
    <div class="grid gap-3">
      {granted.map(({ label, permissions }) => (
        <section key={label.code}>
          <h3 class="mb-1 text-sm font-semibold">{translate(label)}</h3>
          <ul class="grid gap-1">
            {permissions.map((permission) => <li key={permission.key}>{translate(permission.label)}</li>)}
          </ul>
        </section>
      ))}
    </div>
  );
}
