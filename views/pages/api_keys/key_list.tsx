import type { ApiKey } from "../../../src/api_access/api_keys.ts";
import type { PermissionGroup } from "../../../src/access/permissions.ts";
import { Badge } from "../../components/badge.tsx";
import { ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import type { ListAddress } from "../../components/list/list_address.ts";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import {
  MainCell,
  Row,
  ROW_ACTION,
  RowCell,
  RowLink,
  TimeCell,
  TWO_LINES,
} from "../../components/list/list_table.tsx";
import { Menu, MenuLink } from "../../components/menu.tsx";
import { Day, Time } from "../../components/time.tsx";
import { fill } from "../../text.ts";
import { useTranslate } from "../../wording.ts";
import { keyText } from "./text.ts";

/** A key, and whether the person who looks at it may rotate it. */
export type ListedKey = ApiKey & { canRotate: boolean };
export type KeyView = { sort: string };
export type KeyListProps = {
  keys: ListedKey[];
  groups: readonly PermissionGroup[];
  pages: ListPages;
  view: KeyView;
  now: Date;
};

/** The list of the workspace's keys, the newest first. */
export const KEYS: ListAddress<KeyView> = { path: "/developers/api-keys", defaults: { sort: "-created_at" } };

const ID = "key-list";

/** `/developers/api-keys`. A revoked key, or another order, replaces the list. */
export function KeyList({ keys, groups, pages, view, now }: KeyListProps) {
  const { title, columns: { name, permissions, creator, lastUsed, expires } } = keyText.use();
  return (
    <ListPanel
      id={ID}
      label={title}
      address={KEYS}
      view={view}
      pages={pages}
      columns={[
        { label: name, sort: "name" },
        { label: permissions, class: "md:w-[26%] max-lg:hidden" },
        { label: creator, class: "md:w-[18%]" },
        { label: lastUsed, class: "md:w-32" },
        { label: expires, atEnd: true, class: "md:w-40" },
      ]}
      rows={keys.map((each) => <KeyRow key={each.id} listed={each} groups={groups} now={now} />)}
      empty={<NoKeys />}
    />
  );
}

function NoKeys() {
  const text = keyText.use();
  return (
    <EmptyState icon="key" title={text.none} text={text.noneHint}>
      <ButtonLink href={`${KEYS.path}/new`}>{text.new}</ButtonLink>
    </EmptyState>
  );
}

function KeyRow(
  { listed, groups, now }: { listed: ListedKey; groups: readonly PermissionGroup[]; now: Date },
) {
  const { id, name, createdBy } = listed;
  return (
    <Row id={`key-${id}`}>
      <MainCell
        details={<KeyDetails apiKey={listed} now={now} />}
      >
        <p class={TWO_LINES}>
          <RowLink href={`${KEYS.path}/${id}`}>
            <bdi>{name}</bdi>
          </RowLink>
        </p>
        <Prefix apiKey={listed} />
      </MainCell>
      <RowCell class="max-lg:hidden">
        <Allows apiKey={listed} groups={groups} />
      </RowCell>
      <RowCell>
        <span class={TWO_LINES}>
          <bdi>{createdBy.name}</bdi>
        </span>
      </RowCell>
      <RowCell class="whitespace-nowrap">
        <LastUse apiKey={listed} now={now} />
      </RowCell>
      <TimeCell actions={<RowActions listed={listed} />} menu={<RowMenu listed={listed} />}>
        <Expiry apiKey={listed} now={now} />
      </TimeCell>
    </Row>
  );
}

type KeyProps = { apiKey: ApiKey };

/** The start of a key, by which people recognize it. */
export function Prefix({ apiKey: { prefix } }: KeyProps) {
  return <code class="font-mono text-sm text-muted" dir="ltr">{prefix}…</code>;
}

function Allows({ apiKey: { permissions }, groups }: KeyProps & { groups: readonly PermissionGroup[] }) {
  const translate = useTranslate();
  const labels = groups.flatMap((group) => group.permissions)
    .filter(({ key }) => permissions.includes(key)).map(({ label }) => translate(label));
  return <span class={TWO_LINES}>{labels.join(" · ")}</span>;
}

function LastUse({ apiKey: { lastUsedAt }, now }: KeyProps & { now: Date }) {
  if (!lastUsedAt) return <>{keyText.use().neverUsed}</>;
  return <Time at={lastUsedAt} now={now} />;
}

/** What a phone shows below the name. */
function KeyDetails({ apiKey, now }: KeyProps & { now: Date }) {
  const { lastUsedAt, expiresAt } = apiKey;
  const text = keyText.use();
  return (
    <>
      <span>
        {lastUsedAt ? fill(text.used, { time: <Time at={lastUsedAt} now={now} /> }) : text.neverUsed}
      </span>
      {expiresAt && expiresAt > now
        ? <span>{fill(text.expiresOn, { day: <Day at={expiresAt} /> })}</span>
        : expiresAt
        ? <Expiry apiKey={apiKey} now={now} />
        : <span>{text.neverExpires}</span>}
    </>
  );
}

/** The day on which a key expires, or a badge once it has. */
export function Expiry({ apiKey: { expiresAt }, now }: KeyProps & { now: Date }) {
  const text = keyText.use();
  if (!expiresAt) return <>{text.never}</>;
  return expiresAt <= now ? <Badge tone="warning">{text.expired}</Badge> : <Day at={expiresAt} />;
}

function RowActions({ listed: { id } }: { listed: ListedKey }) {
  const href = `${KEYS.path}/${id}/revoke`;
  return <a href={href} class={ROW_ACTION} {...intoEditor(href)}>{keyText.use().revoke}</a>;
}

function RowMenu({ listed: { id, name, canRotate } }: { listed: ListedKey }) {
  const text = keyText.use();
  const [rotation, revocation] = [`${KEYS.path}/${id}/rotate`, `${KEYS.path}/${id}/revoke`];
  return (
    <Menu
      label={text.actions(name)}
      summary={<Icon name="more" />}
      summaryClass="grid size-8 place-items-center text-muted hover:bg-line! pointer-coarse:size-11"
    >
      {canRotate ? <MenuLink icon="restore" href={rotation}>{text.rotate}</MenuLink> : null}
      <MenuLink icon="trash" tone="danger" href={revocation} {...intoEditor(revocation)}>
        {text.revoke}
      </MenuLink>
    </Menu>
  );
}

function intoEditor(href: string) {
  return hx({ get: href, target: "#key-editor" });
}
