import { Button } from "../../components/button.tsx";
import { Icon } from "../../components/icon.tsx";
import { TextLink } from "../../components/link.tsx";
import { DateField, FilterForm } from "../../components/list/filter_form.tsx";
import { type ListAddress, listHref } from "../../components/list/list_address.ts";
import { SelectField } from "../../components/select.tsx";
import { fill } from "../../text.ts";
import { type AuditView, isFiltered } from "./audit_address.ts";
import { auditText } from "./text.ts";

export type AuditChoices = {
  actors: { id: string; name: string }[];
  /** The actors who are no users. */
  others: readonly ("staff" | "job" | "system")[];
  actions: string[];
};

type AuditFilterProps = {
  list: string;
  address: ListAddress<AuditView>;
  view: AuditView;
  choices: AuditChoices;
  /** The name of the subject that the list is about, if it is about one. */
  subjectName: string | null;
};

/** Narrows the log by who, what and when. */
export function AuditFilter({ list, address, view, choices, subjectName }: AuditFilterProps) {
  const text = auditText.use();
  const { filter } = text;
  const actors = [
    { value: "all", label: filter.anyone },
    ...choices.actors.map(({ id, name }) => ({ value: id, label: name, isTyped: true })),
    ...choices.others.map((value) => ({ value, label: text.actors[value] })),
  ];
  const actions = [
    { value: "all", label: filter.anything },
    ...choices.actions.map((value) => ({ value, label: text.action(value) })),
  ];
  const id = (field: string) => `${list}-${field}`;
  return (
    <FilterForm
      list={list}
      path={address.path}
      label={filter.label}
      columns="lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_9.5rem_9.5rem]"
    >
      <SelectField id={id("actor")} name="actor" label={filter.actor} options={actors} value={view.actor} />
      <SelectField
        id={id("action")}
        name="action"
        label={filter.action}
        options={actions}
        value={view.action}
      />
      <DateField id={id("since")} name="since" label={filter.since} value={view.since} />
      <DateField id={id("until")} name="until" label={filter.until} value={view.until} />
      {view.subject ? <input type="hidden" name="subject" value={view.subject} /> : null}
      <noscript>
        <Button>{filter.apply}</Button>
      </noscript>
      {isFiltered(view)
        ? (
          <div class="col-span-full flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            {view.subject ? <SubjectFilter address={address} view={view} name={subjectName} /> : null}
            <TextLink href={address.path}>{filter.clear}</TextLink>
          </div>
        )
        : null}
    </FilterForm>
  );
}

function SubjectFilter(
  { address, view, name }: { address: ListAddress<AuditView>; view: AuditView; name: string | null },
) {
  const { filter } = auditText.use();
  const label = name === null ? filter.aboutOne : fill(filter.about, { name: <bdi>{name}</bdi> });
  return (
    <span class="inline-flex max-w-full items-center gap-1 rounded-full bg-sunken ps-2.5 pe-1 text-muted">
      <span class="min-w-0 truncate">{label}</span>
      <a
        href={listHref(address, { ...view, subject: "" })}
        aria-label={filter.removeSubject}
        title={filter.removeSubject}
        class="grid size-6 place-items-center rounded-full hover:text-ink"
      >
        <Icon name="x" class="size-3" />
      </a>
    </span>
  );
}
