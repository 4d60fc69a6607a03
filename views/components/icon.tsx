import { raw } from "hono/html";
import { classes } from "./classes.ts";
import type { HtmlEscapedString } from "hono/utils/html";

const PATHS = {
  "activity": "M1.5 8H4.4l2-5.2 3.2 10.4 2-5.2h2.9",
  "address-book":
    "M3 2h9v12H3zM12 5h1.6M12 8h1.6M12 11h1.6M9.3 6.3a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0zM5 11.3a2.5 2.5 0 0 1 5 0",
  "alert": "M8 5.2v3.4M8 11h.01M8 1.9 14.6 13.3H1.4z",
  "archive": "M2 3h12v3H2zM3 6v7h10V6M6.5 8.8h3",
  "arrow-down": "M8 3v10M4 9l4 4 4-4",
  "arrow-right": "M3 8h10M9 4l4 4-4 4",
  "arrow-up": "M8 13V3M4 7l4-4 4 4",
  "bell":
    "M8 1.8a4 4 0 0 0-4 4c0 3.6-1.6 5-1.6 5h11.2S12 9.4 12 5.8a4 4 0 0 0-4-4zM6.6 13.4a1.6 1.6 0 0 0 2.8 0",
  "bolt": "M8.8 1.5 3 9h4.2l-.8 5.5L12.9 7H8.4z",
  "card": "M1.8 3.5h12.4v9H1.8zM1.8 6.5h12.4M4.2 10h2.6",
  "chart": "M2 14h12M4 11V8M8 11V3.5M12 11V6",
  "check": "m3 8.4 3.2 3.2L13 4.8",
  "chevron-down": "m4 6 4 4 4-4",
  "chevrons": "m5 6 3-3 3 3M5 10l3 3 3-3",
  "clock": "M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0zM8 4.6V8l2.4 1.5",
  "database":
    "M13 4c0 1.2-2.2 2-5 2s-5-.8-5-2 2.2-2 5-2 5 .8 5 2zM3 4v8c0 1.2 2.2 2 5 2s5-.8 5-2V4M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
  "edit": "M10.6 2.8 13.2 5.4 5.6 13H3v-2.6zM9 4.4 11.6 7",
  "external": "M6.5 3H3v10h10V9.5M9.5 2.5h4v4M13.3 2.7 7.5 8.5",
  "folder": "M1.8 12.5v-9h4.4l1.5 1.8h6.5v7.2z",
  "help":
    "M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0zM6.2 6.4a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.3M8 11.5h.01",
  "home": "M2 7.2 8 2l6 5.2V13a1 1 0 0 1-1 1H9.8v-4H6.2v4H3a1 1 0 0 1-1-1z",
  "inbox": "M2 9.2 4 3h8l2 6.2V13H2zM2 9.2h3.6l.9 1.6h3l.9-1.6H14",
  "info": "M8 7.4V11M8 5h.01M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0z",
  "layers": "M8 1.8 14.4 5 8 8.2 1.6 5zM1.6 8 8 11.2 14.4 8M1.6 11 8 14.2l6.4-3.2",
  "key": "M14 5.4a3.4 3.4 0 1 1-6.8 0 3.4 3.4 0 0 1 6.8 0zM8.2 7.8l-6 6M4.4 11.6l1.9 1.9",
  "laptop": "M3.5 3h9v7h-9zM1.5 13h13",
  "log-out": "M6 2H2.5v12H6M10.5 11l3-3-3-3M13.3 8H6",
  "menu": "M2 4.5h12M2 8h12M2 11.5h12",
  "more": "M3.5 8h.01M8 8h.01M12.5 8h.01",
  "phone": "M4.8 1.8h6.4v12.4H4.8zM7.4 12h1.2",
  "plus": "M8 3v10M3 8h10",
  "restore": "M2.5 8a5.5 5.5 0 1 0 1.8-4.1M2.3 2v3h3",
  "search": "M12 7a5 5 0 1 1-10 0 5 5 0 0 1 10 0zM10.6 10.6 14 14",
  "send": "M14.2 1.8 7.4 8.6M14.2 1.8 9.8 14.2 7.4 8.6 1.8 6.2z",
  "settings":
    "M2 4.5h5.2M10.8 4.5H14M2 11.5h3.2M8.8 11.5H14M10.8 4.5a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0zM8.8 11.5a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0z",
  "shield": "M8 1.6 13.4 3.5v4.1c0 3.3-2.2 5.6-5.4 6.8-3.2-1.2-5.4-3.5-5.4-6.8V3.5zM5.6 7.8l1.8 1.8 3.1-3.2",
  "trash": "M2.5 4h11M6 4V2h4v2M4 4l.6 10h6.8L12 4M6.6 7v4M9.4 7v4",
  "user": "M10.8 5a2.8 2.8 0 1 1-5.6 0 2.8 2.8 0 0 1 5.6 0zM2.8 14v-1a3 3 0 0 1 3-3h4.4a3 3 0 0 1 3 3v1",
  "users":
    "M10.6 13.6v-1.2A2.6 2.6 0 0 0 8 9.8H4.2a2.6 2.6 0 0 0-2.6 2.6v1.2M8.6 4.6a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM14.4 13.6v-1.2a2.6 2.6 0 0 0-2-2.5M10.6 2.2a2.5 2.5 0 0 1 0 4.8",
  "x": "m4 4 8 8M12 4l-8 8",
} as const;

export type IconName = keyof typeof PATHS;

/** Icons that point along the text. */
const DIRECTED = new Set<IconName>(["arrow-right", "external", "log-out"]);

/** All icons, for the components page. */
export const ICON_NAMES = Object.keys(PATHS) as IconName[];

export function isIconName(name: unknown): name is IconName {
  return typeof name === "string" && name in PATHS;
}

const drawn = new Map<string, HtmlEscapedString>();

/**
 * A 16-pixel line icon. It is decorative, so text beside it or an `aria-label` has to say what it means. Pages show many icons,
 * so each is rendered once and cached: name and class come from the views, never from a request.
 */
export function Icon({ name, class: extra = "" }: { name: IconName; class?: string }) {
  const key = `${name} ${extra}`;
  const icon = drawn.get(key) ?? raw((<Drawing name={name} extra={extra} />).toString());
  drawn.set(key, icon);
  return icon;
}

function Drawing({ name, extra }: { name: IconName; extra: string }) {
  return (
    <svg
      class={classes("size-4 shrink-0", DIRECTED.has(name) && "rtl:-scale-x-100", extra)}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "more" ? "2.4" : "1.5"}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The product's mark, with its name unless `markOnly`. */
export function Logo({ markOnly = false }: { markOnly?: boolean }) {
  return (
    <span class="inline-flex items-center gap-2 text-[1.0625rem] leading-6 font-semibold">
      <svg class="size-6 shrink-0" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" class="fill-accent" />
        <path d="M9 24V14.5a7 7 0 0 1 14 0V24h-4.4v-9.2a2.6 2.6 0 0 0-5.2 0V24z" class="fill-on-accent" />
      </svg>
      {markOnly ? null : <span>Denizen</span>}
    </span>
  );
}
