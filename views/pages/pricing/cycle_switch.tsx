import type { BillingCycle } from "../../../src/billing/prices.ts";
import { classes } from "../../components/classes.ts";
import { pricingText } from "./text.ts";

/** Links that show the prices at `path` for a month or a year. */
export function CycleSwitch({ cycle, path }: { cycle: BillingCycle; path: string }) {
  const text = pricingText.use();
  const link = (value: BillingCycle, label: string) => (
    <a
      href={`${path}?cycle=${value}`}
      aria-current={cycle === value ? "true" : undefined}
      class={classes(
        "flex min-h-9 items-center rounded-sm px-3 font-medium transition-colors pointer-coarse:min-h-11",
        cycle === value ? "bg-surface text-ink shadow-card" : "text-muted hover:text-ink",
      )}
    >
      {label}
    </a>
  );
  return (
    <div class="flex flex-wrap items-center gap-3">
      <nav aria-label={text.cycle} class="inline-flex rounded-md bg-sunken p-1">
        {link("monthly", text.monthly)}
        {link("yearly", text.yearly)}
      </nav>
      <span class="text-sm text-muted">{text.yearlySaving}</span>
    </div>
  );
}
