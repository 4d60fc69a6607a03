import type { Contact } from "../../../src/contacts/contact.ts";
import type { Wording } from "../../../src/platform/wording.ts";
import { Badge } from "../../components/badge.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { listHref, listSwap } from "../../components/list/list_address.ts";
import { ListSearch } from "../../components/list/list_filter.tsx";
import type { ListPages } from "../../components/list/list_footer.tsx";
import { ListPanel } from "../../components/list/list_panel.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES, WithBadge } from "../../components/list/list_table.tsx";
import { SelectField } from "../../components/select.tsx";
import { Time } from "../../components/time.tsx";
import { PlansButton, PlansLink } from "../../components/upgrade_notice.tsx";
import { useTranslate } from "../../wording.ts";
import { CONTACTS, type ContactView } from "./contact_address.ts";
import { ContactsNav } from "./contacts_nav.tsx";
import { contactText } from "./text.ts";

export type ContactListProps = {
  contacts: Contact[];
  pages: ListPages;
  counts: Record<ContactView["consent_status"], number> | null;
  view: ContactView;
  lists: { id: string; name: string }[];
  now: Date;
  /** The smallest plan with campaigns, if the workspace's plan has none. */
  missingPlan?: Wording;
};

const ID = "contact-list";
const TABS = ["all", "given", "none", "withdrawn"] as const;

/** `/contacts`: the people that the workspace can write to. */
export function ContactsPage(list: ContactListProps) {
  return (
    <>
      <ContactsNav current="contacts" />
      <ContactList {...list} />
    </>
  );
}

/** The page's actions. */
export function ContactsActions() {
  const text = contactText.use();
  return (
    <>
      <ButtonLink href="/contacts/imports/new" icon="arrow-up">{text.importAction}</ButtonLink>
      <ButtonLink href="/contacts/new" variant="primary" icon="plus">{text.new}</ButtonLink>
    </>
  );
}

/** The list with its tabs and filters. A change of what it shows replaces it. */
export function ContactList(
  { contacts, pages, counts, view, lists, now, missingPlan }: ContactListProps,
) {
  const text = contactText.use();
  const { contact, consent, tags, added } = text.columns;
  const isUnused = counts?.all === 0 && !view.search && !view.tag && !view.list;
  return (
    <ListPanel
      id={ID}
      label={text.title}
      address={CONTACTS}
      view={view}
      pages={pages}
      tabs={{
        name: "consent_status",
        label: text.filterByConsent,
        counts,
        options: TABS.map((value) => ({ value, label: text.tabs[value] })),
      }}
      filter={<ListSearch list={ID} address={CONTACTS} view={view} label={text.search} />}
      notice={isUnused ? null : <Narrowing view={view} lists={lists} />}
      columns={[
        { label: contact, sort: "name", class: "md:w-[38%]" },
        { label: consent, class: "md:w-36" },
        { label: tags },
        { label: added, sort: "-created_at", atEnd: true, class: "md:w-36" },
      ]}
      rows={contacts.map((each) => <ContactRow key={each.id} contact={each} now={now} />)}
      empty={isUnused ? <NoContacts missingPlan={missingPlan} /> : <NoMatch />}
      foot={
        <>
          {missingPlan ? <KeptOnly plan={missingPlan} /> : null}
          <TextLink href={listHref(CONTACTS, view, { path: `${CONTACTS.path}.csv` })} download>
            {text.download}
          </TextLink>
        </>
      }
    />
  );
}

/** Filters by tag and list. Without JavaScript, they have a button. */
function Narrowing({ view, lists }: Pick<ContactListProps, "view" | "lists">) {
  const text = contactText.use();
  const others = Object.entries(view).filter(([name, value]) =>
    name !== "tag" && name !== "list" && value !== (CONTACTS.defaults[name as keyof ContactView] ?? "")
  );
  return (
    <form
      id={`${ID}-narrow`}
      role="search"
      aria-label={text.narrow}
      method="get"
      action={CONTACTS.path}
      class="grid grid-cols-2 items-end gap-3 border-b border-line px-4 py-3 md:grid-cols-[14rem_14rem_auto]"
      {...hx({ get: CONTACTS.path, trigger: "change, submit", sync: "this:replace", ...listSwap(ID) })}
    >
      {others.map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      <TextField
        id={`${ID}-tag`}
        name="tag"
        label={text.tag}
        value={view.tag}
        required={false}
        maxlength={40}
        autocomplete="off"
      />
      <SelectField
        id={`${ID}-list-filter`}
        name="list"
        label={text.list}
        value={view.list}
        options={[
          { value: "", label: text.anyList },
          ...lists.map(({ id, name }) => ({ value: id, label: name, isTyped: true })),
        ]}
      />
      <noscript>
        <Button>{text.apply}</Button>
      </noscript>
    </form>
  );
}

function ContactRow({ contact, now }: { contact: Contact; now: Date }) {
  const { id, email, name, consent, tags, createdAt } = contact;
  return (
    <Row id={`contact-${id}`}>
      <MainCell details={<ConsentState consent={consent} />}>
        <WithBadge badge={null}>
          <RowLink href={`/contacts/${id}`}>
            <bdi>{name || email}</bdi>
          </RowLink>
        </WithBadge>
        {name ? <p class="line-clamp-1 text-sm wrap-anywhere text-muted" dir="ltr">{email}</p> : null}
      </MainCell>
      <RowCell>
        <ConsentState consent={consent} />
      </RowCell>
      <RowCell>
        <p class={TWO_LINES}>
          <bdi>{tags.join(", ")}</bdi>
        </p>
      </RowCell>
      <RowCell atEnd class="whitespace-nowrap">
        <Time at={createdAt} now={now} />
      </RowCell>
    </Row>
  );
}

/** Plain text for a subscriber, a badge for everyone else. */
export function ConsentState({ consent }: Pick<Contact, "consent">) {
  const { consents } = contactText.use();
  return consent === "given" ? <>{consents.given}</> : <Badge>{consents[consent]}</Badge>;
}

function NoContacts({ missingPlan }: Pick<ContactListProps, "missingPlan">) {
  const { none, importAction } = contactText.use();
  const translate = useTranslate();
  return (
    <EmptyState
      icon="address-book"
      title={none.title}
      text={missingPlan ? none.notIncluded(translate(missingPlan)) : none.text}
    >
      {missingPlan
        ? <PlansButton />
        : <ButtonLink href="/contacts/imports/new" icon="arrow-up">{importAction}</ButtonLink>}
    </EmptyState>
  );
}

function NoMatch() {
  const text = contactText.use();
  return (
    <EmptyState icon="search" title={text.noMatch} text={text.noMatchHint}>
      <ButtonLink href={CONTACTS.path}>{text.showAll}</ButtonLink>
    </EmptyState>
  );
}

/** After a downgrade, what is there can be read, exported and deleted. */
function KeptOnly({ plan }: { plan: Wording }) {
  return (
    <p class="text-sm text-muted">
      {contactText.use().keptOnly(useTranslate()(plan))} <PlansLink />
    </p>
  );
}
