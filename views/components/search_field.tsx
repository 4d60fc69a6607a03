import { CONTROL_LOOK, controlBorder } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { Waiting } from "./skeleton.tsx";

/** A search field. `indicator` is the id of the dots that htmx shows while it waits, if it searches. */
export function SearchField(
  { name = "search", label, value, indicator }: {
    name?: string;
    label: string;
    value: string;
    indicator?: string;
  },
) {
  return (
    <div class="relative min-w-0 flex-1">
      <Icon name="search" class="pointer-events-none absolute inset-y-0 start-2.5 my-auto text-faint" />
      <input
        type="search"
        name={name}
        value={value}
        maxlength={100}
        placeholder={label}
        aria-label={label}
        dir="auto"
        class={`${CONTROL_LOOK} h-8 ps-8 pe-8 text-sm! rtl:placeholder-shown:[direction:rtl] max-md:h-11 max-md:text-md! ${controlBorder()}`}
      />
      {indicator ? <Waiting id={indicator} /> : null}
    </div>
  );
}
