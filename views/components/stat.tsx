/** One figure with its name, for a `<dl>`. `detail` gives it context. */
export function Stat({ label, value, detail }: { label: string; value: string; detail?: string }) {
  return (
    <div class="grid content-start gap-0.5 rounded-lg border border-line bg-surface p-4 shadow-card">
      <dt class="text-sm text-muted">{label}</dt>
      <dd class="text-2xl font-semibold tracking-tighter tabular-nums">
        {value}
        {detail ? <span class="block text-xs font-normal tracking-normal text-muted">{detail}</span> : null}
      </dd>
    </div>
  );
}
