/** The colors of `styles/app.css` as literals, because email clients support neither variables nor `light-dark()`. */
export const LIGHT = {
  canvas: "#fafaf9",
  surface: "#ffffff",
  ink: "#1b1a19",
  muted: "#63605c",
  line: "#e7e5e2",
};
export const DARK: typeof LIGHT = {
  canvas: "#141413",
  surface: "#1b1b1a",
  ink: "#f0eeeb",
  muted: "#a5a09a",
  line: "#2c2b29",
};

/** The colors derived from a brand's color. */
export type Accent = {
  fill: string;
  onFill: string;
  light: AccentOnSurface;
  dark: AccentOnSurface;
};

/** `text` is for text and bars. `edge` outlines a filled shape that would vanish on a surface of a similar color. */
type AccentOnSurface = { text: string; edge: string };

const HEX_COLOR = /^#[0-9a-f]{6}$/i;
const AA_CONTRAST = 4.5;
/** Saturated colors look duller on dark than their contrast suggests. */
const CONTRAST_ON_DARK = 6;
const VISIBLE_CONTRAST = 1.5;
const MIX_STEP = 0.04;

/** The readable variants of a brand's color (WCAG AA). Throws if the color isn't `#rrggbb`. */
export function accentOf(color: string): Accent {
  if (!HEX_COLOR.test(color)) throw new Error(`A brand's color is #rrggbb, not ${JSON.stringify(color)}.`);
  return {
    fill: color,
    onFill: inkOn(color),
    light: onSurface(color, LIGHT.surface, "#000000", AA_CONTRAST),
    dark: onSurface(color, DARK.surface, "#ffffff", CONTRAST_ON_DARK),
  };
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

function onSurface(color: string, surface: string, extreme: string, ratio: number): AccentOnSurface {
  const text = readableOn(surface, color, extreme, ratio);
  return { text, edge: contrast(color, surface) < VISIBLE_CONTRAST ? text : color };
}

/** The color, mixed with just enough of `extreme` to be readable on the surface. */
function readableOn(surface: string, color: string, extreme: string, ratio: number): string {
  for (let share = 0; share < 1; share += MIX_STEP) {
    const mixed = mix(color, extreme, share);
    if (contrast(mixed, surface) >= ratio) return mixed;
  }
  return extreme;
}

function mix(color: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(color).map((value, index) =>
    Math.round(value * (1 - share) + others[index]! * share)
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
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
