import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./icon.tsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "small" | "medium" | "large";

const LOOK =
  "relative inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-50";

const VARIANTS: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border-line-strong bg-surface text-ink hover:bg-hover",
  quiet: "border-transparent text-muted hover:bg-hover hover:text-ink",
  danger: "border-transparent bg-danger text-on-danger hover:bg-danger-strong",
};

const SIZES: Record<ButtonSize, string> = {
  small: "h-8 px-2.5 text-sm max-sm:h-9",
  medium: "h-9 px-3.5 text-base max-sm:h-11",
  large: "h-11 px-5 text-base",
};

type Look = { variant?: ButtonVariant; size?: ButtonSize; icon?: IconName; class?: string; children?: Child };

/** A button. It submits its form unless `type` says otherwise. */
export function Button(
  { variant = "secondary", size = "medium", icon, class: extra, type = "submit", children, ...attributes }:
    & Look
    & JSX.IntrinsicElements["button"],
) {
  return (
    <button type={type} class={classes(LOOK, VARIANTS[variant], SIZES[size], extra)} {...attributes}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </button>
  );
}

/** A link that looks like a button. Use it for navigation, not for changes. */
export function ButtonLink(
  { variant = "secondary", size = "medium", icon, class: extra, children, ...attributes }:
    & Look
    & JSX.IntrinsicElements["a"],
) {
  return (
    <a class={classes(LOOK, VARIANTS[variant], SIZES[size], extra)} {...attributes}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </a>
  );
}

/** A square button with only an icon. `label` is its accessible name. */
export function IconButton(
  { icon, label, class: extra, type = "button", ...attributes }:
    & { icon: IconName; label: string; class?: string }
    & JSX.IntrinsicElements["button"],
) {
  const look =
    "size-8 rounded-md inline-grid place-items-center text-muted transition-colors hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-50";
  return (
    <button type={type} class={classes(look, extra)} aria-label={label} title={label} {...attributes}>
      <Icon name={icon} />
    </button>
  );
}
