import type { Child } from "hono/jsx";

export type Tone = "neutral" | "success" | "info" | "warning" | "danger";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-muted",
  success: "bg-success-soft text-success",
  info: "bg-info-soft text-info",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

/** A short label for an exceptional state. The normal state is plain text. */
export function Badge({ tone = "neutral", children }: { tone?: Tone; children?: Child }) {
  return (
    <span
      class={`inline-flex h-5 items-center rounded-full px-2 align-middle text-xs font-medium whitespace-nowrap ${
        TONES[tone]
      }`}
    >
      {children}
    </span>
  );
}
