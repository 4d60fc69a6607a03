import type { ContactImport } from "../../../src/contacts/imports/staging.ts";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { describedBy, FieldFrame } from "../../components/field.tsx";
import { EmptyState } from "../../components/empty_state.tsx";
import { FileInput } from "../../components/file_input.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { MainCell, Row, RowCell, RowLink, TWO_LINES } from "../../components/list/list_table.tsx";
import { Table } from "../../components/table.tsx";
import { Time } from "../../components/time.tsx";
import { ContactsNav } from "./contacts_nav.tsx";
import { importText } from "./import_text.ts";

/** `/contacts/imports`: the files of the last days. */
export function ImportsPage({ imports, now }: { imports: ContactImport[]; now: Date }) {
  const text = importText.use();
  const { file, status, contacts, added } = text.columnsOfList;
  return (
    <>
      <ContactsNav current="imports" />
      <Card flush>
        {imports.length === 0
          ? <EmptyState icon="arrow-up" title={text.none.title} text={text.none.text} />
          : (
            <Table
              label={text.title}
              columns={[
                { label: file, class: "px-2! ps-4! text-start" },
                { label: status, class: "px-2! text-start" },
                { label: contacts, class: "px-2! text-start" },
                { label: added, class: "px-2! pe-4! text-end" },
              ]}
            >
              {imports.map(({ id, fileName, status, rows, createdAt }) => (
                <Row id={`import-${id}`}>
                  <MainCell details={text.statuses[status]}>
                    <p class={TWO_LINES}>
                      <RowLink href={`/contacts/imports/${id}`}>
                        <bdi>{fileName}</bdi>
                      </RowLink>
                    </p>
                  </MainCell>
                  <RowCell>{text.statuses[status]}</RowCell>
                  <RowCell>{text.rows(rows)}</RowCell>
                  <RowCell atEnd class="whitespace-nowrap">
                    <Time at={createdAt} now={now} />
                  </RowCell>
                </Row>
              ))}
            </Table>
          )}
      </Card>
    </>
  );
}

export function NewImportLink() {
  return (
    <ButtonLink href="/contacts/imports/new" variant="primary" icon="arrow-up">
      {importText.use().new}
    </ButtonLink>
  );
}

/** `/contacts/imports/new`: the upload. */
export function NewImportPage({ error }: { error?: string }) {
  const text = importText.use();
  const field = { id: "import-file", label: text.file, hint: text.fileHint, error };
  return (
    <div class="max-w-xl">
      <Card>
        <form
          method="post"
          action="/contacts/imports"
          enctype="multipart/form-data"
          novalidate
          class="grid gap-5"
        >
          <FormKeyField />
          <FieldFrame {...field}>
            <FileInput
              id={field.id}
              name="file"
              accept=".csv,.tsv,.txt,text/csv"
              required
              error={error}
              {...describedBy(field)}
            />
          </FieldFrame>
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{text.upload}</Button>
            <ButtonLink href="/contacts">{text.cancel}</ButtonLink>
          </div>
        </form>
      </Card>
    </div>
  );
}
