import { Button } from "../../components/button.tsx";
import { TextLink } from "../../components/link.tsx";
import { DateField, FilterForm } from "../../components/list/filter_form.tsx";
import { SearchField } from "../../components/search_field.tsx";
import { SelectField } from "../../components/select.tsx";
import { isFiltered, REQUEST_LOG, type RequestView } from "./request_address.ts";
import { requestLogText } from "./text.ts";

export type RequestChoices = {
  actors: { id: string; name: string }[];
  endpoints: string[];
  methods: readonly string[];
};

type RequestFilterProps = { list: string; view: RequestView; choices: RequestChoices };

/** Narrows the log by method, endpoint, caller and day. The tabs narrow it by status. */
export function RequestFilter({ list, view, choices }: RequestFilterProps) {
  const text = requestLogText.use();
  const { filter } = text;
  const methods = choices.methods.map((value) => ({ value, label: value }));
  const endpoints = choices.endpoints.map((value) => ({ value, label: endpointLabel(value, text) }));
  const actors = choices.actors.map(({ id, name }) => ({ value: id, label: name, isTyped: true }));
  const id = (field: string) => `${list}-${field}`;
  return (
    <FilterForm
      list={list}
      path={REQUEST_LOG.path}
      label={filter.label}
      columns="lg:grid-cols-[8.5rem_minmax(0,1fr)_minmax(0,1fr)_9.5rem_9.5rem]"
    >
      <SelectField
        id={id("method")}
        name="method"
        label={filter.method}
        options={[{ value: "all", label: filter.anyMethod }, ...methods]}
        value={view.method}
      />
      <SelectField
        id={id("endpoint")}
        name="endpoint"
        label={filter.endpoint}
        options={[{ value: "all", label: filter.anyEndpoint }, ...endpoints]}
        value={view.endpoint}
      />
      <div class="max-lg:col-span-full">
        <SelectField
          id={id("actor")}
          name="actor"
          label={filter.caller}
          options={[{ value: "all", label: filter.anyone }, ...actors]}
          value={view.actor}
        />
      </div>
      <DateField id={id("since")} name="since" label={filter.since} value={view.since} />
      <DateField id={id("until")} name="until" label={filter.until} value={view.until} />
      {view.status === "all" ? null : <input type="hidden" name="status" value={view.status} />}
      <noscript>
        <Button>{filter.apply}</Button>
      </noscript>
      {isFiltered(view)
        ? (
          <p class="col-span-full text-sm">
            <TextLink href={REQUEST_LOG.path}>{filter.clear}</TextLink>
          </p>
        )
        : null}
    </FilterForm>
  );
}

/** Leads to a request by its id, which every answer of the API names. */
export function FindRequest() {
  const { find, findAction } = requestLogText.use();
  return (
    <form
      role="search"
      aria-label={find}
      method="get"
      action={`${REQUEST_LOG.path}/find`}
      class="flex gap-2 py-1.5 max-md:w-full max-md:pb-3 md:ms-auto md:w-80"
    >
      <SearchField name="request_id" label={find} value="" />
      <Button size="small" class="max-md:h-11">{findAction}</Button>
    </form>
  );
}

/** An endpoint as people read it. */
export function endpointLabel(endpoint: string, text: ReturnType<typeof requestLogText.use>): string {
  return endpoint === "unmatched" ? text.unknownEndpoint : endpoint;
}
