import type { ContactImport } from "../../../src/contacts/imports/staging.ts";
import { Alert } from "../../components/alert.tsx";
import { Button, ButtonLink } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FieldError, TextAreaField, TextField } from "../../components/field.tsx";
import { hx } from "../../components/hx.ts";
import { Select, SelectField } from "../../components/select.tsx";
import { Stat } from "../../components/stat.tsx";
import { PlansButton } from "../../components/upgrade_notice.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import { importText } from "./import_text.ts";

export type ShownIssue = { line: number; email: string; problem: string | null; column: string | null };

export type ImportPlanValues = { tags?: string; list_id?: string; consent?: string; consent_given?: string };

export type ImportPageProps = {
  found: ContactImport;
  issues: ShownIssue[];
  sample: string[];
  lists: { id: string; name: string }[];
  /** For each column, the key of the field that its heading suggests; null if none fits. */
  fieldKeys: (string | null)[];
  values: ImportPlanValues;
  errors?: Record<string, string>;
  problem?: string;
  /** Whether an import that is being read or running has made no progress for a while. */
  isSlow: boolean;
};

const COUNTS = ["new", "updated", "unchanged", "merged", "refused", "kept"] as const;

/** `/contacts/imports/:id`: the check of a file, then the progress, then the result. */
export function ImportPage(props: ImportPageProps) {
  const { found: { id, status }, issues, isSlow } = props;
  const text = importText.use();
  if (status === "reading") return isSlow ? <StoppedReading id={id} /> : <Alert>{text.reading}</Alert>;
  const refresh = hx({
    get: `/contacts/imports/${id}`,
    trigger: "every 2s",
    target: "#import",
    swap: "outerMorph",
  });
  return (
    <div id="import" class="grid gap-6" {...(status === "running" ? refresh : {})}>
      {status === "ready" ? <PlanForm {...props} /> : <Progress {...props} />}
      {issues.length > 0 ? <Issues issues={issues} /> : null}
    </div>
  );
}

/** The server may have stopped while it read the file. Nothing reads it again. */
function StoppedReading({ id }: { id: string }) {
  const text = importText.use();
  return (
    <form method="post" action={`/contacts/imports/${id}/delete`}>
      <Alert kind="warning" action={<Button size="small">{text.remove}</Button>}>{text.stoppedReading}</Alert>
    </form>
  );
}

function PlanForm(props: ImportPageProps) {
  const { found, problem, errors = {} } = props;
  const text = importText.use();
  return (
    <form method="post" action={`/contacts/imports/${found.id}`} novalidate class="grid gap-6">
      {problem ?? errors.file
        ? (
          <Alert kind="error" action={errors.file ? <PlansButton size="small" /> : undefined}>
            {errors.file ?? problem}
          </Alert>
        )
        : null}
      <Card title={text.result} note={text.rows(found.rows)}>
        <Counts counts={found.counts} />
      </Card>
      <div class="grid items-start gap-6 lg:grid-cols-2">
        <Columns {...props} />
        <Options {...props} />
      </div>
      <div class="flex flex-wrap gap-2">
        <Button variant="primary" name="then" value="start">{text.start}</Button>
        <Button name="then" value="check">{text.check}</Button>
        <Button variant="quiet" formaction={`/contacts/imports/${found.id}/delete`}>{text.remove}</Button>
      </div>
    </form>
  );
}

function Counts({ counts }: { counts: Record<string, number> }) {
  const text = importText.use();
  const { count } = formatsOf(usePage().locale);
  return (
    <dl class="grid grid-cols-2 gap-3 md:grid-cols-3 lg:grid-cols-6">
      {COUNTS.map((name) => (
        <Stat key={name} label={text.counts[name]} value={count.format(counts[name] ?? 0)} />
      ))}
    </dl>
  );
}

function Columns({ found: { headings, columns }, sample, fieldKeys, errors = {} }: ImportPageProps) {
  const text = importText.use();
  return (
    <Card title={text.columns} note={text.columnsHint}>
      <div class="grid gap-3">
        {errors.columns ? <FieldError id="columns-error" text={errors.columns} /> : null}
        {headings.map((heading, index) => {
          const name = heading || text.unnamed(index + 1);
          const chosen = columns[index] ?? "ignore";
          const own = chosen.startsWith("field:") ? chosen : fieldKeys[index] && `field:${fieldKeys[index]}`;
          return (
            <div key={index} class="grid grid-cols-2 items-center gap-3">
              <div class="min-w-0">
                <p class="truncate font-medium" dir="auto">{name}</p>
                <p class="truncate text-sm text-muted" dir="auto">{sample[index] ?? ""}</p>
              </div>
              <Select
                name={`column_${index}`}
                aria-label={text.meaningOf(name)}
                value={chosen}
                options={[
                  ...(["email", "name", "external_id", "tags"] as const)
                    .map((value) => ({ value, label: text.meanings[value] })),
                  ...(own ? [{ value: own, label: text.field(own.slice("field:".length)) }] : []),
                  { value: "ignore", label: text.meanings.ignore },
                ]}
              />
            </div>
          );
        })}
      </div>
    </Card>
  );
}

function Options({ lists, values, errors = {} }: ImportPageProps) {
  const text = importText.use();
  return (
    <Card title={text.options}>
      <div class="grid gap-5">
        <TextField
          id="import-tags"
          name="tags"
          label={text.tags}
          hint={text.tagsHint}
          optional
          value={values.tags}
          error={errorOf(errors, "tags")}
          autocomplete="off"
        />
        <SelectField
          id="import-list"
          name="list_id"
          label={text.list}
          value={values.list_id ?? ""}
          error={errors.list_id}
          options={[
            { value: "", label: text.noList },
            ...lists.map(({ id, name }) => ({ value: id, label: name, isTyped: true })),
          ]}
        />
        <fieldset class="grid gap-1.5" aria-describedby={errors.consent ? "import-consent-error" : undefined}>
          <legend class="mb-1.5 text-base font-medium">{text.consent}</legend>
          <Choice value="given" label={text.consentGiven} chosen={values.consent} />
          <Choice value="none" label={text.consentNone} chosen={values.consent} />
          {errors.consent ? <FieldError id="import-consent-error" text={errors.consent} /> : null}
        </fieldset>
        <TextAreaField
          id="import-statement"
          name="consent_given"
          label={text.statement}
          hint={text.statementHint}
          optional
          rows={2}
          value={values.consent_given}
          error={errors.consent_given}
          maxlength={500}
        />
      </div>
    </Card>
  );
}

function Choice({ value, label, chosen }: { value: string; label: string; chosen?: string }) {
  return (
    <label class="flex items-start gap-2.5 py-1">
      <input
        type="radio"
        name="consent"
        value={value}
        checked={value === chosen}
        class="mt-0.5 size-4 shrink-0"
      />
      {label}
    </label>
  );
}

function Progress({ found: { id, status, position, rows, counts }, isSlow, problem }: ImportPageProps) {
  const text = importText.use();
  const { count } = formatsOf(usePage().locale);
  return (
    <Card title={status === "done" ? text.outcome : text.statuses[status]}>
      <div class="grid gap-5">
        {problem ? <Alert kind="error">{problem}</Alert> : null}
        {status === "stopped"
          ? <Alert kind="error" action={<PlansButton size="small" />}>{text.stopped}</Alert>
          : null}
        {status === "done" ? null : (
          <div class="grid gap-1.5">
            <progress
              value={position}
              max={Math.max(rows, 1)}
              aria-label={text.statuses[status]}
              class="progress-bar"
            />
            <p class="text-sm text-muted tabular-nums" aria-live="polite">
              {text.progress(count.format(position), count.format(rows))}
            </p>
          </div>
        )}
        {position > 0 ? <Counts counts={counts} /> : null}
        {status === "stopped" || (status === "running" && isSlow)
          ? (
            <form method="post" action={`/contacts/imports/${id}/start`} class="flex flex-wrap gap-2">
              <Button variant="primary">{status === "stopped" ? text.resume : text.again}</Button>
              {status === "stopped"
                ? (
                  <Button variant="quiet" formaction={`/contacts/imports/${id}/delete`}>
                    {text.remove}
                  </Button>
                )
                : null}
            </form>
          )
          : null}
        {status === "done"
          ? (
            <div>
              <ButtonLink href="/contacts" variant="primary">{text.showContacts}</ButtonLink>
            </div>
          )
          : null}
      </div>
    </Card>
  );
}

function Issues({ issues }: { issues: ShownIssue[] }) {
  const text = importText.use();
  return (
    <Card title={text.issues} note={text.issuesNote(issues.length)} flush>
      <ul class="divide-y divide-line">
        {issues.map(({ line, email, problem, column }) => (
          <li key={line} class="grid gap-x-4 px-4 py-2 md:grid-cols-[6rem_minmax(0,18rem)_minmax(0,1fr)]">
            <span class="text-muted tabular-nums">{text.line(line)}</span>
            <span class="truncate" dir="auto">{email}</span>
            <span class="wrap-anywhere">
              {problem && column
                ? (
                  <>
                    <bdi>{column}</bdi>: {problem}
                  </>
                )
                : problem ?? text.staysOut}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function errorOf(errors: Record<string, string>, field: string): string | undefined {
  return Object.entries(errors).find(([name]) => name === field || name.startsWith(`${field}.`))?.[1];
}
