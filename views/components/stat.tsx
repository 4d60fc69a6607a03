import { Icon, type IconName } from "./icon.tsx";

/** One figure with its name, for a `<dl>`. `detail` gives it context. */
export function Stat(
  { label, value, detail, icon }: { label: string; value: string; detail?: string; icon: IconName },
) {
  return (
    <div class="grid content-start gap-2 rounded-lg border border-line bg-surface p-4 shadow-card sm:p-5">
      <dt class="flex items-center gap-2 text-sm text-muted">
        <Icon name={icon} class="text-faint" />
        {label}
      </dt>
      <dd class="text-2xl font-semibold tracking-tighter tabular-nums">
        {value}
        {detail ? <span class="block text-sm font-normal tracking-normal text-muted">{detail}</span> : null}
      </dd>
    </div>
  );
}
