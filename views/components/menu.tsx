import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { Icon, type IconName } from "./icon.tsx";

const BEHAVIOR = { "x-data": "menu", "x-on:click.outside": "close", "x-on:keydown.escape": "close" };

const ITEM = "flex w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left text-base max-sm:py-2.5";

/** A `<details>` element that looks like a menu and opens without JavaScript, too. `summary` is always visible. */
export function Menu(
  { summary, label, align = "right", class: extra, summaryClass, children }: {
    summary: Child;
    label?: string;
    align?: "left" | "right";
    class?: string;
    summaryClass?: string;
    children?: Child;
  },
) {
  return (
    <details class={classes("relative", extra)} {...BEHAVIOR}>
      <summary
        aria-label={label}
        class={classes("rounded-md transition-colors hover:bg-sunken", summaryClass)}
      >
        {summary}
      </summary>
      <div
        x-on:click="close"
        class={classes(
          "absolute z-30 mt-1.5 w-max max-w-72 min-w-44 animate-rise rounded-lg border border-line bg-raised p-1 shadow-pop",
          align === "right" ? "right-0" : "left-0",
        )}
      >
        {children}
      </div>
    </details>
  );
}

type ItemProps = { icon: IconName; tone?: "plain" | "danger"; children?: Child };

/** A link in a menu. */
export function MenuLink(
  { icon, tone = "plain", children, ...attributes }: ItemProps & JSX.IntrinsicElements["a"],
) {
  return (
    <a class={classes(ITEM, itemColors(tone))} {...attributes}>
      <Icon name={icon} class={tone === "plain" ? "text-faint" : ""} />
      {children}
    </a>
  );
}

/** A submit button in a menu. It submits the form around it. */
export function MenuButton(
  { icon, tone = "plain", children, ...attributes }: ItemProps & JSX.IntrinsicElements["button"],
) {
  return (
    <button type="submit" class={classes(ITEM, itemColors(tone))} {...attributes}>
      <Icon name={icon} class={tone === "plain" ? "text-faint" : ""} />
      {children}
    </button>
  );
}

function itemColors(tone: "plain" | "danger"): string {
  return tone === "danger" ? "text-danger hover:bg-danger-soft" : "hover:bg-sunken";
}
