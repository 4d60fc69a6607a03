import type { Child } from "hono/jsx";
import { TextField } from "../field.tsx";
import { hx } from "../hx.ts";
import { listSwap } from "./list_address.ts";

/** Selects and dates that narrow a list: immediately, or without JavaScript with the form's button. `columns` is a class. */
export function FilterForm(
  { list, path, label, columns, children }: {
    list: string;
    path: string;
    label: string;
    columns: string;
    children?: Child;
  },
) {
  return (
    <form
      id={`${list}-filter`}
      role="search"
      aria-label={label}
      method="get"
      action={path}
      class={`grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] items-end gap-3 border-b border-line px-4 py-3 ${columns}`}
      {...hx({ get: path, trigger: "change, submit", sync: "this:replace", ...listSwap(list) })}
    >
      {children}
    </form>
  );
}

/** A day, or no limit. `value` is a day or a time. */
export function DateField(
  { id, name, label, value }: { id: string; name: string; label: string; value: string },
) {
  return (
    <div class="max-sm:col-span-full">
      <TextField id={id} name={name} label={label} type="date" required={false} value={value.slice(0, 10)} />
    </div>
  );
}
