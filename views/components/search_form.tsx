import type { Child } from "hono/jsx";
import { Button } from "./button.tsx";
import { hx } from "./hx.ts";
import { SearchField } from "./search_field.tsx";

/**
 * Searches a list as the person types, or without JavaScript when they press Apply. `swap` says what the answer replaces;
 * `children` are more fields.
 */
export function SearchForm(
  { id, path, label, search, swap, children }: {
    id: string;
    path: string;
    label: string;
    search: string;
    swap: Record<"target" | "swap" | "pushUrl", string>;
    children?: Child;
  },
) {
  const inPlace = hx({
    get: path,
    trigger: "input delay:250ms, submit",
    sync: "this:replace",
    indicator: "#searching",
    ...swap,
  });
  return (
    <form id={id} role="search" method="get" action={path} class="mb-4 flex flex-wrap gap-3" {...inPlace}>
      <SearchField label={label} value={search} indicator="searching" />
      {children}
      <noscript>
        <Button>Apply</Button>
      </noscript>
    </form>
  );
}
