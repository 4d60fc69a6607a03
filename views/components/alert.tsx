import type { Child } from "hono/jsx";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./icon.tsx";

export type MessageKind = "success" | "error" | "info" | "warning";

/** One message to the person. It survives a redirect. */
export type Flash = {
  kind: "success" | "error" | "info";
  text: string;
  /** Where to see more. */
  link?: { href: string; label: string };
  /** The form that takes the change back, and the id of the row that it brings back. */
  undo?: { action: string; row: string };
};

export const MESSAGE_ICONS: Record<MessageKind, IconName> = {
  success: "check",
  error: "alert",
  info: "info",
  warning: "alert",
};

const LOOKS: Record<MessageKind, string> = {
  success: "success-message border-success/25 bg-success-soft text-success",
  error: "error-message border-danger/25 bg-danger-soft text-danger",
  info: "border-info/25 bg-info-soft text-info",
  warning: "border-warning/25 bg-warning-soft text-warning",
};

/** A message in the page with an optional action. Screen readers announce errors immediately. */
export function Alert(
  { kind = "info", action, children }: { kind?: MessageKind; action?: Child; children?: Child },
) {
  return (
    <div
      role={kind === "error" ? "alert" : "status"}
      class={classes(
        "flex gap-2.5 rounded-md border px-3.5 py-2.5 text-base",
        action ? "items-center" : "items-start",
        LOOKS[kind],
      )}
    >
      <Icon name={MESSAGE_ICONS[kind]} class={action ? "" : "mt-[0.19rem]"} />
      <div class="min-w-0 flex-1 wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
