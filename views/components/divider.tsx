/** A line between two ways to do the same, with a word such as "or". */
export function Divider({ label }: { label: string }) {
  return (
    <div class="flex items-center gap-3 text-sm text-muted">
      <span class="h-px grow bg-line" aria-hidden="true" />
      {label}
      <span class="h-px grow bg-line" aria-hidden="true" />
    </div>
  );
}
