import { CONTROL_LOOK, controlBorder } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { Waiting } from "./skeleton.tsx";

/** A search field. `indicator` is the id of the dots that htmx shows while it waits. */
export function SearchField(
  { name = "search", label, value, indicator }: {
    name?: string;
    label: string;
    value: string;
    indicator: string;
  },
) {
  return (
    <div class="relative min-w-44 flex-1">
      <Icon name="search" class="pointer-events-none absolute inset-y-0 left-3 my-auto text-muted" />
      <input
        type="search"
        name={name}
        value={value}
        maxlength={100}
        placeholder={label}
        aria-label={label}
        dir="auto"
        class={`${CONTROL_LOOK} h-9 pr-10 pl-9 max-sm:h-11 ${controlBorder()}`}
      />
      <Waiting id={indicator} />
    </div>
  );
}
