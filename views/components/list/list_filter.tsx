import type { Child } from "hono/jsx";
import { Button } from "../button.tsx";
import { hx } from "../hx.ts";
import { SearchField } from "../search_field.tsx";
import { type ListAddress, listSwap, type ListView, otherParameters } from "./list_address.ts";
import { listText } from "./text.ts";

type FilterProps<View extends ListView> = {
  list: string;
  address: ListAddress<View>;
  view: View;
  label: string;
};

/** The search field of a list, at the end of its tab bar. It searches as the person types. */
export function ListSearch<View extends ListView>({ label, ...filter }: FilterProps<View>) {
  const indicator = `${filter.list}-searching`;
  return (
    <ListFilter {...filter} field="search" trigger="input delay:250ms" indicator={`#${indicator}`}>
      <SearchField label={label} value={filter.view.search ?? ""} indicator={indicator} />
    </ListFilter>
  );
}

/** A form with the field `field` that narrows a list. Without JavaScript, it has a button. */
export function ListFilter<View extends ListView>(
  { list, address, view, field, trigger, indicator, children }: Omit<FilterProps<View>, "label"> & {
    field: string;
    trigger: string;
    indicator?: string;
    children?: Child;
  },
) {
  const inPlace = hx({
    get: address.path,
    trigger: `${trigger}, submit`,
    sync: "this:replace",
    indicator,
    ...listSwap(list),
  });
  return (
    <form
      id={`${list}-filter`}
      role="search"
      method="get"
      action={address.path}
      class="flex gap-2 py-1.5 max-md:w-full max-md:pb-3 md:ms-auto md:w-60"
      {...inPlace}
    >
      {otherParameters(address, view, field).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
      <noscript>
        <Button size="small">{listText.use().apply}</Button>
      </noscript>
    </form>
  );
}
