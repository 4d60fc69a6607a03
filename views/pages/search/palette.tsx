import type { Child } from "hono/jsx";
import { hx } from "../../components/hx.ts";
import { Icon } from "../../components/icon.tsx";
import { Waiting } from "../../components/skeleton.tsx";
import { countHits, type SearchProps } from "./search_page.tsx";
import { searchText } from "./text.ts";

const LIST = "palette-list";
const RESULTS = "palette-results";

const BEHAVIOR = {
  "x-data": "palette",
  "x-on:keydown.window": "openByKey",
  "x-on:click.window": "openByLink",
  "x-on:click": "closeOnBackdrop",
  "x-on:htmx:after:swap": "receive",
};

/** The search in a dialog over every page of a workspace. The links to /search open it, and ⌘K or Ctrl+K. */
export function Palette() {
  const text = searchText.use();
  return (
    <dialog
      id="palette"
      aria-label={text.title}
      class="mx-auto mt-[12dvh] mb-auto w-full max-w-xl overflow-hidden rounded-lg border border-line bg-raised shadow-pop max-sm:mt-3 max-sm:w-[calc(100%-1.5rem)]"
      {...BEHAVIOR}
    >
      <PaletteForm />
      <div
        data-messages
        role="status"
        aria-live="polite"
        class="px-4 not-empty:pt-3 *:w-full! *:shadow-none"
      >
      </div>
      <div id={RESULTS} class="max-h-[60dvh] overflow-y-auto overscroll-contain p-2" x-on:mousemove="point">
        <div id={LIST} role="listbox" aria-label={text.results} class="min-h-24"></div>
      </div>
      <p x-ref="status" role="status" class="sr-only"></p>
      <div
        class="flex gap-4 border-t border-line px-4 py-2 text-xs text-muted max-sm:hidden"
        aria-hidden="true"
      >
        <Hint keys="↑ ↓">{text.move}</Hint>
        <Hint keys="↵">{text.open}</Hint>
        <Hint keys="esc">{text.close}</Hint>
      </div>
    </dialog>
  );
}

function PaletteForm() {
  const text = searchText.use();
  const request = hx({
    get: "/search/palette",
    trigger: "input delay:120ms",
    sync: "this:replace",
    indicator: "#palette-waiting",
    target: `#${RESULTS}`,
    swap: "innerHTML",
  });
  return (
    <form role="search" method="get" action="/search" class="relative border-b border-line" {...request}>
      <Icon name="search" class="pointer-events-none absolute inset-y-0 start-4 my-auto text-muted" />
      <input
        name="q"
        x-ref="field"
        x-on:input="expect"
        x-on:keydown="onKey"
        role="combobox"
        aria-label={text.field}
        aria-autocomplete="list"
        aria-expanded="false"
        aria-controls={LIST}
        placeholder={text.field}
        maxlength={100}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="go"
        dir="auto"
        class="h-12 w-full bg-transparent ps-11 pe-12 text-md outline-none placeholder:text-muted rtl:placeholder-shown:[direction:rtl]"
      />
      <button type="submit" tabindex={-1} class="sr-only">{text.title}</button>
      <Waiting id="palette-waiting" />
    </form>
  );
}

function Hint({ keys, children }: { keys: string; children?: Child }) {
  return (
    <span>
      <kbd class="me-1 rounded-sm border border-line px-1 font-sans">{keys}</kbd>
      {children}
    </span>
  );
}

/** The matches as options of the field in the dialog. */
export function PaletteResults({ term, groups }: SearchProps) {
  const text = searchText.use();
  const count = countHits(groups);
  return (
    <>
      <div id={LIST} role="listbox" aria-label={text.results} data-found={text.found(count)}>
        {groups.map(({ label, hits }, group) => (
          <div role="group" aria-labelledby={`palette-group-${group}`}>
            <p id={`palette-group-${group}`} role="presentation" class="px-3 pt-2 pb-1 text-xs text-muted">
              {label}
            </p>
            {hits.map(({ title, detail, href }, hit) => (
              <a
                id={`palette-option-${group}-${hit}`}
                role="option"
                aria-selected="false"
                href={href}
                tabindex={-1}
                class="flex h-9 items-center gap-3 rounded-sm px-3 aria-selected:bg-ink/7 max-sm:h-11"
              >
                <span class="max-w-full shrink-0 truncate font-medium" dir="auto">{title}</span>
                <span class="truncate text-sm text-muted" dir="auto">{detail}</span>
              </a>
            ))}
          </div>
        ))}
      </div>
      {count === 0
        ? <p class="px-3 py-6 text-center text-muted wrap-anywhere">{text.nothing(term)}</p>
        : null}
    </>
  );
}
