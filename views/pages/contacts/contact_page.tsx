import type { ConsentRecord } from "../../../src/contacts/consent.ts";
import type { Contact } from "../../../src/contacts/contact.ts";
import { ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { DescriptionList } from "../../components/description_list.tsx";
import { Day, Time } from "../../components/time.tsx";
import { ConsentState } from "./contact_list.tsx";
import { contactText } from "./text.ts";

type ContactPageProps = {
  contact: Contact;
  lists: { id: string; name: string }[];
  consent: ConsentRecord[];
  now: Date;
};

/** `/contacts/:id`: what the workspace knows about a contact, beside what the contact agreed to. */
export function ContactPage({ contact, lists, consent, now }: ContactPageProps) {
  const text = contactText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.details}>
        <ContactFacts contact={contact} lists={lists} now={now} />
      </Card>
      <Card title={text.consentHistory} flush={consent.length > 0}>
        {consent.length > 0
          ? <ConsentRecords records={consent} />
          : <p class="text-muted">{text.noConsent}</p>}
      </Card>
    </div>
  );
}

/** The page's actions. Without `canChange`, the plan has no campaigns. */
export function ContactActions({ id, canChange }: { id: string; canChange: boolean }) {
  const text = contactText.use();
  return (
    <>
      <ButtonLink href={`/contacts/${id}/delete`} icon="trash">{text.remove}</ButtonLink>
      {canChange
        ? <ButtonLink href={`/contacts/${id}/edit`} variant="primary" icon="edit">{text.edit}</ButtonLink>
        : null}
    </>
  );
}

function ContactFacts({ contact, lists, now }: Omit<ContactPageProps, "consent">) {
  const { facts } = contactText.use();
  const names = new Map(lists.map(({ id, name }) => [id, name]));
  const typed = (value: string) => <bdi class="whitespace-pre-line">{value}</bdi>;
  const known = [
    { term: facts.email, value: <span dir="ltr">{contact.email}</span> },
    contact.name && { term: facts.name, value: typed(contact.name) },
    { term: facts.consent, value: <ConsentState consent={contact.consent} /> },
    contact.externalId && { term: facts.externalId, value: typed(contact.externalId) },
    contact.tags.length > 0 && { term: facts.tags, value: typed(contact.tags.join(", ")) },
    contact.listIds.length > 0 && {
      term: facts.lists,
      value: typed(contact.listIds.flatMap((id) => names.get(id) ?? []).join(", ")),
    },
    ...Object.entries(contact.fields).sort().map(([key, value]) => ({ term: key, value: typed(value) })),
    { term: facts.added, value: <Day at={contact.createdAt} /> },
    { term: facts.updated, value: <Time at={contact.updatedAt} now={now} /> },
  ];
  return <DescriptionList facts={known.filter((fact) => fact !== null && typeof fact === "object")} />;
}

function ConsentRecords({ records }: { records: ConsentRecord[] }) {
  const text = contactText.use();
  return (
    <ul class="divide-y divide-line">
      {records.map(({ id, kind, source, detail, at }) => (
        <li key={id} class="grid gap-0.5 px-4 py-2.5">
          <p class="flex flex-wrap justify-between gap-x-4">
            <span>{text.records[kind]} {text.sources[source]}</span>
            <span class="text-sm text-muted">
              <Day at={at} />
            </span>
          </p>
          {detail
            ? <p class="text-sm wrap-anywhere whitespace-pre-line text-muted" dir="auto">{detail}</p>
            : null}
        </li>
      ))}
    </ul>
  );
}
