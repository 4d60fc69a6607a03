import { Button } from "../../components/button.tsx";
import { hx } from "../../components/hx.ts";
import { TextLink } from "../../components/link.tsx";
import { listHref, listSwap } from "../../components/list/list_address.ts";
import { SelectField } from "../../components/select.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { endpointLabel } from "../request_log/request_filter.tsx";
import { requestLogText } from "../request_log/text.ts";
import { usageText } from "./text.ts";
import { API_USAGE, type UsageView } from "./usage_address.ts";

export type UsageChoices = {
  actors: { id: string; name: string }[];
  operations: { method: string; endpoint: string }[];
};

type UsageFilterProps = { panel: string; view: UsageView; choices: UsageChoices; days: readonly string[] };

/** The period, endpoint and caller that the report is about. */
export function UsageFilter({ panel, view, choices, days }: UsageFilterProps) {
  const text = usageText.use();
  const periods = days.map((value) => {
    const href = listHref(API_USAGE, { ...view, days: value });
    return {
      label: text.periods[value] ?? value,
      href,
      current: view.days === value,
      attributes: { id: `${panel}-days-${value}`, ...hx({ get: href, ...listSwap(panel) }) },
    };
  });
  return (
    <div class="rounded-lg border border-line bg-surface shadow-card">
      <Tabs label={text.period} tabs={periods} />
      <SubjectForm panel={panel} view={view} choices={choices} />
    </div>
  );
}

function SubjectForm({ panel, view, choices }: Omit<UsageFilterProps, "days">) {
  const { filter } = usageText.use();
  const requestText = requestLogText.use();
  const operations = choices.operations.map(({ method, endpoint }) => ({
    value: `${method} ${endpoint}`,
    label: `${method} ${endpointLabel(endpoint, requestText)}`,
  }));
  const actors = choices.actors.map(({ id, name }) => ({ value: id, label: name, isTyped: true }));
  return (
    <form
      id={`${panel}-filter`}
      role="search"
      aria-label={filter.label}
      method="get"
      action={API_USAGE.path}
      class="grid grid-cols-1 items-end gap-3 px-4 py-3 sm:grid-cols-2"
      {...hx({ get: API_USAGE.path, trigger: "change, submit", sync: "this:replace", ...listSwap(panel) })}
    >
      <SelectField
        id={`${panel}-operation`}
        name="operation"
        label={filter.endpoint}
        options={[{ value: "all", label: filter.every }, ...operations]}
        value={view.operation}
      />
      <SelectField
        id={`${panel}-actor`}
        name="actor"
        label={filter.caller}
        options={[{ value: "all", label: filter.anyone }, ...actors]}
        value={view.actor}
      />
      {view.days === API_USAGE.defaults.days ? null : <input type="hidden" name="days" value={view.days} />}
      <noscript>
        <Button>{filter.apply}</Button>
      </noscript>
      {view.operation === "all" && view.actor === "all" ? null : (
        <p class="col-span-full text-sm">
          <TextLink href={listHref(API_USAGE, { ...view, operation: "all", actor: "all" })}>
            {filter.clear}
          </TextLink>
        </p>
      )}
    </form>
  );
}
