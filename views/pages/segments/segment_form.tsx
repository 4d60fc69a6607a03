import type { ErrorKind } from "../../../src/errors.ts";
import { Button, ButtonLink, IconButton } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { FieldError, TextField } from "../../components/field.tsx";
import { FormKeyField } from "../../components/form_key.tsx";
import { hx } from "../../components/hx.ts";
import { type Option, Select } from "../../components/select.tsx";
import { FormProblem } from "../../components/upgrade_notice.tsx";
import { formatsOf } from "../../locale.ts";
import { usePage } from "../../page.tsx";
import {
  type ConditionRow,
  type GroupRow,
  isActivity,
  isGroupRow,
  type Kind,
  KINDS,
  operatorsOf,
  type SegmentRows,
} from "./segment_rows.ts";
import { segmentText } from "./text.ts";

export type SegmentCount = { contacts: number; subscribed: number; sample: string[] };

export type SegmentFormProps = {
  /** The segment to change; absent for a new one. */
  segment?: { id: string; version: number };
  rows: SegmentRows;
  lists: { id: string; name: string }[];
  /** Null while the conditions are incomplete. */
  count: SegmentCount | null;
  errors?: Record<string, string>;
  kind?: ErrorKind;
  problem?: string;
};

const BUILDER = "/segments/builder";

/**
 * `/segments/new` and `/segments/:id`: the conditions beside who meets them. Buttons add and remove conditions. With JavaScript, each
 * change shows the count immediately.
 */
export function SegmentForm(props: SegmentFormProps) {
  const { segment, rows, count, errors = {}, kind, problem } = props;
  const { form: text } = segmentText.use();
  return (
    <form
      id="segment-form"
      method="post"
      action={segment ? `/segments/${segment.id}` : "/segments"}
      novalidate
      class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]"
      {...hx({ post: BUILDER, trigger: "change", target: "this", swap: "outerMorph", sync: "this:replace" })}
    >
      {segment
        ? (
          <>
            <input type="hidden" name="id" value={segment.id} />
            <input type="hidden" name="version" value={segment.version} />
          </>
        )
        : <FormKeyField />}
      {/* Enter in a field saves, like the button at the end. */}
      <button type="submit" class="hidden" tabindex={-1} aria-hidden="true"></button>
      <Card>
        <div class="grid gap-5">
          <FormProblem kind={kind} problem={problem} />
          <TextField
            id="segment-name"
            name="name"
            label={text.name}
            value={rows.name}
            error={errors.name}
            maxlength={80}
            autocomplete="off"
          />
          <fieldset class="grid gap-3">
            <legend class="mb-3 text-base font-medium">{text.match}</legend>
            <MatchSelect name="match" value={rows.match} />
            {errors["filter.conditions"]
              ? <FieldError id="conditions-error" text={errors["filter.conditions"]} />
              : null}
            {rows.rows.map((row) =>
              isGroupRow(row)
                ? <Group key={row.path} group={row} props={props} />
                : <Condition key={row.path} row={row} props={props} />
            )}
            <div class="flex flex-wrap gap-2">
              <Button size="small" icon="plus" formaction={BUILDER} name="add" value="condition">
                {text.add}
              </Button>
              <Button size="small" icon="plus" formaction={BUILDER} name="add" value="group">
                {text.addGroup}
              </Button>
            </div>
          </fieldset>
          <div class="flex flex-wrap gap-2">
            <Button variant="primary">{segment ? text.save : text.create}</Button>
            <ButtonLink href="/segments">{text.cancel}</ButtonLink>
          </div>
        </div>
      </Card>
      <Count count={count} />
    </form>
  );
}

function MatchSelect({ name, value }: { name: string; value: string }) {
  const { form: text } = segmentText.use();
  return (
    <span class="w-48">
      <Select
        name={name}
        aria-label={text.match}
        value={value}
        options={(["all", "any"] as const).map((each) => ({ value: each, label: text.matches[each] }))}
      />
    </span>
  );
}

type RowProps = { props: SegmentFormProps };

function Group({ group: { path, match, rows }, props }: RowProps & { group: GroupRow }) {
  const { form: text } = segmentText.use();
  return (
    <fieldset class="grid gap-3 rounded-md border border-line p-3">
      <legend class="px-1 text-sm text-muted">{text.group}</legend>
      <input type="hidden" name="group" value={path} />
      <div class="flex flex-wrap items-center justify-between gap-2">
        <MatchSelect name={`match_${path}`} value={match} />
        <RemoveButton path={path} />
      </div>
      {rows.map((row) => <Condition key={row.path} row={row} props={props} />)}
      <div>
        <Button size="small" icon="plus" formaction={BUILDER} name="add" value={path}>
          {text.addToGroup}
        </Button>
      </div>
    </fieldset>
  );
}

function Condition({ row, props: { lists, errors = {} } }: RowProps & { row: ConditionRow }) {
  const text = segmentText.use();
  const { path, kind, op, key } = row;
  const label = text.form.condition(path.split(".").map((index) => Number(index) + 1).join("."));
  const problems = Object.entries(errors).filter(([field]) => field.startsWith(`${errorPath(path)}.`));
  return (
    <div class="grid gap-1.5" role="group" aria-label={label}>
      <input type="hidden" name="condition" value={path} />
      <div class="flex items-start gap-2">
        <div class="grid grow grid-cols-2 items-start gap-2 sm:flex sm:flex-wrap">
          <span class="sm:w-36">
            <Select
              name={`kind_${path}`}
              aria-label={text.form.about}
              value={kind}
              options={KINDS.map((value) => ({ value, label: text.kinds[value] }))}
            />
          </span>
          {kind === "field"
            ? <Input name={`key_${path}`} label={text.form.key} value={key} width="sm:w-32" />
            : null}
          <span class="sm:w-36">
            <Select
              name={`op_${path}`}
              aria-label={text.form.operator}
              value={op}
              options={operatorsOf(kind).map((value) => ({ value, label: text.operators[value] }))}
            />
          </span>
          <Value row={row} lists={lists} />
        </div>
        <RemoveButton path={path} />
      </div>
      {problems.slice(0, 1).map(([field, problem]) => (
        <FieldError key={field} id={`error-${field}`} text={problem} />
      ))}
    </div>
  );
}

function Value(
  { row: { path, kind, op, value, days }, lists }: { row: ConditionRow; lists: SegmentFormProps["lists"] },
) {
  const text = segmentText.use();
  const name = `value_${path}`;
  if (op === "is_empty" || op === "is_set") return null;
  if (kind === "list") {
    const options = lists.map(({ id, name }) => ({ value: id, label: name, isTyped: true }));
    return (
      <Choice name={name} value={value} options={[{ value: "", label: text.form.chooseList }, ...options]} />
    );
  }
  if (kind === "consent") {
    const options = (["given", "none", "withdrawn"] as const)
      .map((each) => ({ value: each, label: text.consents[each] }));
    return <Choice name={name} value={value} options={options} />;
  }
  if (kind === "created") {
    return <Input name={name} label={text.form.value} value={value} type="date" width="sm:w-40" />;
  }
  const input = <Input name={name} label={text.form.value} value={value} width="sm:w-44" />;
  if (!isActivity(kind)) return input;
  return (
    <>
      {kind === "event" ? input : null}
      <span class="flex items-center gap-2">
        <Input name={`days_${path}`} label={text.form.days} value={days} type="number" width="w-20" />
        <span class="text-sm text-muted">{text.form.inLastDays}</span>
      </span>
    </>
  );
}

function Choice({ name, value, options }: { name: string; value: string; options: Option[] }) {
  return (
    <span class="sm:w-44">
      <Select name={name} aria-label={segmentText.use().form.value} value={value} options={options} />
    </span>
  );
}

function Input(
  { name, label, value, type = "text", width }: {
    name: string;
    label: string;
    value: string;
    type?: string;
    width: string;
  },
) {
  return (
    <input
      name={name}
      type={type}
      aria-label={label}
      value={value}
      autocomplete="off"
      class={`h-9 min-w-0 rounded-md border border-field bg-surface px-3 text-base max-sm:h-11 max-sm:text-md ${width}`}
    />
  );
}

function RemoveButton({ path }: { path: string }) {
  const { form: text } = segmentText.use();
  return (
    <IconButton
      icon="x"
      label={text.removeCondition}
      type="submit"
      formaction={BUILDER}
      name="remove"
      value={path}
      class="size-9! shrink-0 max-sm:size-11!"
    />
  );
}

function Count({ count }: { count: SegmentCount | null }) {
  const text = segmentText.use();
  const formats = formatsOf(usePage().locale);
  return (
    <Card title={text.count}>
      <div class="grid gap-3" aria-live="polite">
        {count
          ? (
            <>
              <p class="text-2xl font-semibold tabular-nums">{text.belongs(count.contacts)}</p>
              <p class="text-muted">{text.subscribed(formats.count.format(count.subscribed))}</p>
              <ul class="grid gap-1 text-sm text-muted">
                {count.sample.map((email) => <li key={email} class="truncate" dir="ltr">{email}</li>)}
              </ul>
            </>
          )
          : <p class="text-muted">{text.uncounted}</p>}
        <noscript>
          <Button size="small" formaction={BUILDER}>{text.form.refresh}</Button>
        </noscript>
      </div>
    </Card>
  );
}

/** Where the schema reports the problems of a row. */
function errorPath(path: string): string {
  return `filter.${path.split(".").map((index) => `conditions.${index}`).join(".")}`;
}

export function isKind(kind: string): kind is Kind {
  return KINDS.some((each) => each === kind);
}
