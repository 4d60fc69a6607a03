import type { Child, JSX } from "hono/jsx";
import { classes } from "./classes.ts";
import { Icon, type IconName, isIconName } from "./icon.tsx";

const BEHAVIOR = { "x-data": "menu", "x-on:click.outside": "close", "x-on:keydown.escape": "close" };

const ITEM =
  "flex w-full items-center gap-2.5 rounded-sm px-2 py-1.5 text-start text-base -outline-offset-2 max-sm:py-2.5";

/** Where the menu opens, seen from its summary. */
export type MenuPlacement = "below-start" | "below-end" | "above-start";

const PLACEMENTS: Record<MenuPlacement, string> = {
  "below-start": "start-0 top-full mt-1.5",
  "below-end": "end-0 top-full mt-1.5",
  "above-start": "start-0 bottom-full mb-1.5",
};

/** A `<details>` element that looks like a menu and opens without JavaScript, too. `summary` is always visible. */
export function Menu(
  {
    summary,
    label,
    placement = "below-end",
    class: extra,
    summaryClass,
    panelClass,
    children,
    ...attributes
  }: {
    summary: Child;
    label?: string;
    placement?: MenuPlacement;
    class?: string;
    summaryClass?: string;
    panelClass?: string;
    children?: Child;
  } & JSX.IntrinsicElements["details"],
) {
  return (
    <details class={classes("relative", extra)} {...BEHAVIOR} {...attributes}>
      <summary
        aria-label={label}
        class={classes("rounded-md transition-colors hover:bg-hover", summaryClass)}
      >
        {summary}
      </summary>
      <div
        x-on:click="close"
        class={classes(
          "absolute z-30 max-w-72 min-w-44 animate-rise rounded-md border border-line bg-raised p-1 shadow-pop",
          PLACEMENTS[placement],
          panelClass ?? "w-max",
        )}
      >
        {children}
      </div>
    </details>
  );
}

/** `icon` is a name, or a small picture such as a workspace's mark. */
type ItemProps = { icon: IconName | Child; tone?: "plain" | "danger"; children?: Child };

/** A link in a menu. */
export function MenuLink(
  { icon, tone = "plain", children, ...attributes }: ItemProps & JSX.IntrinsicElements["a"],
) {
  return (
    <a class={classes(ITEM, itemColors(tone))} {...attributes}>
      <ItemIcon icon={icon} tone={tone} />
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
      <ItemIcon icon={icon} tone={tone} />
      {children}
    </button>
  );
}

function ItemIcon({ icon, tone }: Required<Pick<ItemProps, "icon" | "tone">>) {
  if (isIconName(icon)) return <Icon name={icon} class={tone === "plain" ? "text-faint" : ""} />;
  return <>{icon}</>;
}

function itemColors(tone: "plain" | "danger"): string {
  return tone === "danger" ? "text-danger hover:bg-danger-soft" : "text-ink hover:bg-hover";
}
