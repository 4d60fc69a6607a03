import { componentText } from "./component_text.ts";

/** Gray lines in place of text that is still loading. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div class="grid animate-pulse gap-2.5" role="status" aria-label={componentText.use().loading}>
      {Array.from(
        { length: lines },
        (_, line) => (
          <span class={`h-3 rounded-sm bg-sunken ${line === lines - 1 ? "w-2/5" : "w-full"}`}></span>
        ),
      )}
    </div>
  );
}

/** Three dots at the end of their container while htmx waits for a response. */
export function Waiting({ id }: { id?: string }) {
  return (
    <span
      id={id}
      class="htmx-indicator pointer-events-none absolute inset-y-0 end-4 flex items-center gap-1"
      aria-hidden="true"
    >
      <span class="size-1 animate-pulse rounded-full bg-current"></span>
      <span class="size-1 animate-pulse rounded-full bg-current"></span>
      <span class="size-1 animate-pulse rounded-full bg-current"></span>
    </span>
  );
}
