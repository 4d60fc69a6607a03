import { inkOn, PRODUCT_COLOR } from "../emails/palette.ts";
import { classes } from "./classes.ts";

/** What stands for a workspace: its logo, or its initial on its color. */
export type Mark = {
  name: string;
  /** `#rrggbb`, or null for the product's color. */
  color?: string | null;
  logoUrl?: string | null;
};

const SIZES = { small: "size-6 rounded-sm", large: "size-12 rounded-lg" };

/** A workspace's mark. Decorates the name, so it is hidden from screen readers. */
export function TenantMark({ name, color, logoUrl, size = "small" }: Mark & { size?: keyof typeof SIZES }) {
  const look = classes("shrink-0", SIZES[size]);
  if (logoUrl) return <LogoImage src={logoUrl} class={look} />;
  const fill = color ?? PRODUCT_COLOR;
  return <Initial name={name} fill={fill} ink={inkOn(fill)} class={look} />;
}

/** A logo is on white in dark, too, because most logos are made for it. */
export const LOGO_LOOK = "scheme-light border border-line bg-surface object-contain p-px";

/** A logo, which decorates a name. */
export function LogoImage({ class: look, ...attributes }: { src: string; class: string }) {
  return (
    <img
      alt=""
      width="48"
      height="48"
      class={classes(LOGO_LOOK, look)}
      {...attributes}
    />
  );
}

/** The letter that stands for a name. */
export function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? "";
}

/** A name's first letter on a color. Colors stand in SVG attributes, because the pages' policy allows no inline styles. */
export function Initial(
  { name, fill, ink, class: look, live = {} }: {
    name: string;
    fill: string;
    ink: string;
    class: string;
    /** Attributes that change the colors in the browser. */
    live?: { square?: Record<string, string>; letter?: Record<string, string> };
  },
) {
  return (
    <svg class={look} viewBox="0 0 24 24" aria-hidden="true">
      <rect width="24" height="24" fill={fill} {...live.square} />
      <text
        x="12"
        y="12"
        dominant-baseline="central"
        text-anchor="middle"
        font-size="12"
        font-weight="600"
        fill={ink}
        {...live.letter}
      >
        {initialOf(name)}
      </text>
    </svg>
  );
}
