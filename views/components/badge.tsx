import type { Child } from "hono/jsx";

export type Tone = "neutral" | "accent" | "info" | "warning" | "danger";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent-ink",
  info: "bg-info-soft text-info",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

/** A short label for a state. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children?: Child }) {
  return (
    <span
      class={`inline-flex h-5.5 whitespace-nowrap items-center align-middle gap-1.5 rounded-full px-2 text-xs font-medium ${
        TONES[tone]
      }`}
    >
      <span class="size-1.5 rounded-full bg-current" aria-hidden="true"></span>
      {children}
    </span>
  );
}
