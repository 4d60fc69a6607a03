import type { Child } from "hono/jsx";
import { hx } from "../hx.ts";
import { type Tab, Tabs } from "../tabs.tsx";
import { type ListAddress, listHref, listSwap, type ListView } from "./list_address.ts";
import { ListFooter, type ListPages } from "./list_footer.tsx";
import { type Column, ListTable } from "./list_table.tsx";

export type ListPanelProps<View extends ListView> = {
  /** Names the panel, and the start of the ids in it: `project-list`. A change of filter, order or page replaces it. */
  id: string;
  /** The list's name for screen readers. */
  label: string;
  address: ListAddress<View>;
  view: View;
  pages: ListPages;
  /** The tabs, each with a value of the parameter `name`. */
  tabs?: { name: string; label: string; counts: Record<string, number> | null; options: TabOption[] };
  /** The filter field at the end of the tab bar. */
  filter?: Child;
  /** Shown between the tabs and the rows. */
  notice?: Child;
  columns: Column[];
  rows: Child[];
  /** Shown in place of the rows if there are none. */
  empty: Child;
  /** Links at the foot, such as a download. */
  foot?: Child;
};

type TabOption = { value: string; label: string };

/** The one list of the product: tabs with counts and a filter field, a table with sortable heads, and links to other pages. */
export function ListPanel<View extends ListView>(
  { id, label, address, view, pages, tabs, filter, notice, columns, rows, empty, foot }: ListPanelProps<View>,
) {
  const list = { id, address, view };
  return (
    <div id={id} class="grid gap-4 scroll-mt-20">
      <section aria-label={label} class="min-w-0 rounded-lg border border-line bg-surface shadow-card">
        <Tabs label={tabs?.label ?? label} tabs={tabs ? tabsOf(list, tabs) : []} end={filter} />
        {notice}
        {rows.length > 0 ? <ListTable {...list} label={label} columns={columns}>{rows}</ListTable> : empty}
      </section>
      {rows.length > 0 ? <ListFooter {...list} pages={pages}>{foot}</ListFooter> : null}
    </div>
  );
}

function tabsOf<View extends ListView>(
  { id, address, view }: Pick<ListPanelProps<View>, "id" | "address" | "view">,
  { name, counts, options }: NonNullable<ListPanelProps<View>["tabs"]>,
): Tab[] {
  return options.map(({ value, label }) => {
    const href = listHref(address, { ...view, [name]: value });
    return {
      label,
      count: counts?.[value],
      href,
      current: view[name] === value,
      attributes: { id: `${id}-tab-${value}`, ...hx({ get: href, ...listSwap(id) }) },
    };
  });
}
