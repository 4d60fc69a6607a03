import type { CountedList } from "../../../src/contacts/lists.ts";
import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { CopyField } from "../../components/copy_field.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { TextAreaField, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Table } from "../../components/table.tsx";
import { Day } from "../../components/time.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { ContactsNav } from "./contacts_nav.tsx";
import { contactText } from "./text.ts";

/** `/contacts/lists`: what people can subscribe to. */
export function ListsPage({ lists }: { lists: CountedList[] }) {
  const { lists: title, listColumns, noLists, contactCount } = contactText.use();
  return (
    <>
      <ContactsNav current="lists" />
      <Card flush>
        {lists.length === 0 ? <EmptyState icon="layers" title={noLists.title} text={noLists.text} /> : (
          <Table
            label={title}
            columns={[
              { label: listColumns.name, class: "px-2! ps-4! text-start" },
              { label: listColumns.contacts, class: "px-2! text-start" },
              { label: listColumns.created, class: "px-2! pe-4! text-end" },
            ]}
          >
            {lists.map(({ id, name, contacts, createdAt }) => (
              <Row id={`list-${id}`}>
                <MainCell details={contactCount(contacts)}>
                  <p class={TWO_LINES}>
                    <RowLink href={`/contacts/lists/${id}`}>
                      <bdi>{name}</bdi>
                    </RowLink>
                  </p>
                </MainCell>
                <RowCell>{contactCount(contacts)}</RowCell>
                <RowCell atEnd class="whitespace-nowrap">
                  <Day at={createdAt} />
                </RowCell>
              </Row>
            ))}
          </Table>
        )}
      </Card>
    </>
  );
}

export function NewListLink() {
  return (
    <ButtonLink href="/contacts/lists/new" variant="primary" icon="plus">
      {contactText.use().listForm.new}
    </ButtonLink>
  );
}

/** `/contacts/lists/:id`: the list's words, and the form with which people subscribe to it. */
export function ListPage({ list, url, form }: { list: CountedList; url: string; form: ListFormProps }) {
  const text = contactText.use();
  return (
    <div class="grid items-start gap-6 lg:grid-cols-2">
      <Card title={text.details}>
        <ListForm {...form} />
      </Card>
      <Card title={text.signUpForm} note={text.contactCount(list.contacts)}>
        <div class="grid gap-5">
          <p class="text-muted">{text.signUpHint}</p>
          <CopyField id="sign-up-address" label={text.signUpAddress} value={url} />
          <div class="grid gap-1.5">
            <p class="font-medium">{text.signUpCode}</p>
            <pre
              class="max-w-full overflow-x-auto rounded-md border border-line bg-sunken px-4 py-2 font-mono text-sm"
              dir="ltr"
              tabindex={0}
              aria-label={text.signUpCode}
              role="region"
            >{snippet(url, text.form.email, text.subscribe)}</pre>
          </div>
        </div>
      </Card>
    </div>
  );
}

export function ListActions({ id }: { id: string }) {
  const text = contactText.use();
  return (
    <>
      <ButtonLink href={`/contacts?list=${id}`}>{text.showContacts}</ButtonLink>
      <ButtonLink href={`/contacts/lists/${id}/delete`} icon="trash">{text.listForm.remove}</ButtonLink>
    </>
  );
}

export type ListFormProps = {
  list?: { id: string };
  values?: { name?: string; description?: string };
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
};

/** `/contacts/lists/new`. */
export function NewListPage(props: ListFormProps) {
  return (
    <div class="max-w-xl">
      <Card>
        <ListForm {...props} />
      </Card>
    </div>
  );
}

function ListForm({ list, values = {}, errors = {}, kind, problem }: ListFormProps) {
  const { listForm: text, form } = contactText.use();
  return (
    <form
      method="post"
      action={list ? `/contacts/lists/${list.id}` : "/contacts/lists"}
      novalidate
      class="grid gap-5"
    >
      <FormProblem kind={kind} problem={problem} />
      {list ? null : <FormKeyField />}
      <TextField
        id="list-name"
        name="name"
        label={text.name}
        value={values.name}
        error={errors.name}
        maxlength={80}
        autocomplete="off"
      />
      <TextAreaField
        id="list-description"
        name="description"
        label={text.description}
        hint={text.descriptionHint}
        optional
        value={values.description}
        error={errors.description}
      />
      <div class="flex flex-wrap gap-2">
        <Button variant="primary">{list ? form.save : text.create}</Button>
        {list ? null : <ButtonLink href="/contacts/lists">{form.cancel}</ButtonLink>}
      </div>
    </form>
  );
}

/** The form as another website contains it. */
function snippet(url: string, email: string, subscribe: string): string {
  return `<form method="post" action="${url}">
  <label>${email} <input type="email" name="email" required></label>
  <button>${subscribe}</button>
</form>`;
}
