import type { CsvLine } from "../../../src/access/csv_invitations.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FieldFrame, TextAreaField } from "../../components/field.tsx";
import { FileInput } from "../../components/file_input.tsx";
import { PageLead } from "../../components/page_lead.tsx";
import { Cell, Table } from "../../components/table.tsx";
import { teamText } from "./text.ts";

/** A checked line, with the text of its problem. */
export type ShownLine = Omit<CsvLine, "problem"> & { problem: string | null };

export type ImportPageProps = {
  csv?: string;
  /** What a dry run found. */
  report?: ShownLine[];
  /** What is wrong with the list as a whole. */
  error?: string;
  problem?: string;
};

const EXAMPLE = "email,role\nada@company.com,admin\nben@company.com,member";

/** `/team/invitations/import`: a list of people to invite. It is checked before anything is sent. */
export function ImportPage({ csv, report, error, problem }: ImportPageProps) {
  const { invitations: { csv: text } } = teamText.use();
  const wanted = report?.filter(({ status }) => status === "new" || status === "again").length ?? 0;
  const isReady = wanted > 0 && !report!.some(({ status }) => status === "error");
  return (
    <div class="max-w-192">
      <PageLead>{text.lead}</PageLead>
      <form
        method="post"
        action="/team/invitations/import"
        encType="multipart/form-data"
        novalidate
        class="grid gap-5"
      >
        {problem ? <Alert kind="error">{problem}</Alert> : null}
        {report ? <Report lines={report} wanted={wanted} /> : null}
        <TextAreaField
          id="invite-csv"
          name="csv"
          label={text.list}
          hint={text.hint}
          value={csv}
          error={error}
          placeholder={EXAMPLE}
          rows={8}
          spellcheck={false}
          autofocus={report ? undefined : true}
        />
        <FieldFrame id="invite-file" label={text.file} optional>
          <FileInput id="invite-file" name="file" accept=".csv,.txt,text/csv" />
        </FieldFrame>
        <div class="flex flex-wrap gap-2">
          {isReady ? <Button variant="primary" name="step" value="send">{text.send(wanted)}</Button> : null}
          <Button variant={isReady ? "secondary" : "primary"} name="step" value="check">{text.check}</Button>
          <ButtonLink href="/team/invitations">{teamText.use().cancel}</ButtonLink>
        </div>
      </form>
    </div>
  );
}

function Report({ lines, wanted }: { lines: ShownLine[]; wanted: number }) {
  const { roles, invitations: { csv: text } } = teamText.use();
  const errors = lines.filter(({ status }) => status === "error").length;
  const { line, email, role, result } = text.columns;
  return (
    <>
      <Summary errors={errors} wanted={wanted} />
      <Card flush>
        <Table
          label={text.report}
          columns={[{ label: line, class: "w-16" }, { label: email }, { label: role }, { label: result }]}
        >
          {lines.map((each) => (
            <tr key={each.line}>
              <Cell class="text-muted">{each.line}</Cell>
              <Cell class="wrap-anywhere" dir="auto">
                {each.email}
                <span class="block text-sm text-muted md:hidden">
                  <Result line={each} />
                </span>
              </Cell>
              <Cell wideOnly>{each.role in roles ? roles[each.role as keyof typeof roles] : each.role}</Cell>
              <Cell wideOnly>
                <Result line={each} />
              </Cell>
            </tr>
          ))}
        </Table>
      </Card>
    </>
  );
}

function Summary({ errors, wanted }: { errors: number; wanted: number }) {
  const { invitations: { csv: text } } = teamText.use();
  if (errors > 0) return <Alert kind="error">{text.errors(errors)}</Alert>;
  if (wanted === 0) return <Alert kind="info">{text.nobody}</Alert>;
  return <Alert kind="success">{text.ready(wanted)}</Alert>;
}

function Result({ line: { status, problem } }: { line: ShownLine }) {
  const { invitations: { csv: text } } = teamText.use();
  if (problem) return <span class="text-danger">{problem}</span>;
  return <span class="text-muted">{text.statuses[status]}</span>;
}
