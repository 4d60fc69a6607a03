/** The colors of `styles/app.css` as literals, because email clients support neither variables nor `light-dark()`. */
export const LIGHT = {
  canvas: "#fafaf9",
  surface: "#ffffff",
  ink: "#1b1a19",
  muted: "#63605c",
  line: "#e7e5e2",
  sunken: "#f4f4f2",
  bar: "#d6d3cf",
};
export const DARK: typeof LIGHT = {
  canvas: "#141413",
  surface: "#1b1b1a",
  ink: "#f0eeeb",
  muted: "#a5a09a",
  line: "#2c2b29",
  sunken: "#232321",
  bar: "#3b3a37",
};

/** The color of the product, and of tenants that have chosen none. */
export const PRODUCT_COLOR = "#0b6b58";

/** The colors derived from a brand's color. `edge` outlines a button that would vanish on a surface of a similar color. */
export type Accent = { fill: string; onFill: string; edge: { light: string; dark: string } };

const HEX_COLOR = /^#[0-9a-f]{6}$/i;
const AA_CONTRAST = 4.5;
const VISIBLE_CONTRAST = 1.5;

/** The colors of a button in a brand's color, readable on light and dark. Throws if the color isn't `#rrggbb`. */
export function accentOf(color: string): Accent {
  if (!HEX_COLOR.test(color)) throw new Error(`A brand's color is #rrggbb, not ${JSON.stringify(color)}.`);
  const edgeOn = ({ surface, muted }: typeof LIGHT) =>
    contrast(color, surface) < VISIBLE_CONTRAST ? muted : color;
  return { fill: color, onFill: inkOn(color), edge: { light: edgeOn(LIGHT), dark: edgeOn(DARK) } };
}

/** White or black, whichever is readable on the color. */
export function inkOn(color: string): string {
  return contrast(color, "#ffffff") >= AA_CONTRAST ? "#ffffff" : "#000000";
}

/** The contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = channels(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}
