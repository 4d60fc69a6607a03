import { findLetterOutline } from "./letter_outlines.ts";
import { type Color, encodePng } from "./png.ts";
import { boxOf, type Contours, contoursOf, rasterize, transform } from "./raster.ts";

/**
 * `rounded` has transparent corners. `full` fills the square, for systems that cut the icon into a shape of their own; its sign
 * lies inside the circle of 80 % that all of them keep.
 */
export type IconShape = "rounded" | "full";

export type AppIcon = {
  /** Stands on the icon. A letter without an outline gives the product's mark. */
  letter: string;
  /** The color of the square and of the letter, `#rrggbb`. */
  fill: string;
  ink: string;
  shape: IconShape;
  /** In pixels. */
  side: number;
};

/** The mark of the product, as in views/static/favicon.svg, with the y axis up. */
const PRODUCT_MARK =
  "M9 -24L9 -14.5Q9 -11.6 11.05 -9.55Q13.1 -7.5 16 -7.5Q18.9 -7.5 20.95 -9.55Q23 -11.6 23 -14.5L23 -24L18.6 -24L18.6 -14.8Q18.6 -13.7 17.85 -12.95Q17.1 -12.2 16 -12.2Q14.9 -12.2 14.15 -12.95Q13.4 -13.7 13.4 -14.8L13.4 -24Z";

/** How much of the side the letter may take. */
const MAX_HEIGHT = 0.44;
const MAX_WIDTH = 0.56;
const CORNER = 0.22; // of the side

/** The levels of an edge between two colors. The palette has two edges: of the square, and of the letter. */
const LEVELS = 128;

/** Draws a letter on a colored square, as a PNG file. */
export function drawAppIcon({ letter, fill, ink, shape, side }: AppIcon): Promise<Uint8Array> {
  const sign = rasterize(centered(contoursOf(findLetterOutline(letter) ?? PRODUCT_MARK), side), side, side);
  const square = shape === "full" ? null : rasterize(contoursOf(roundedSquare(side)), side, side);
  const pixels = new Uint8Array(side * side);
  for (let index = 0; index < pixels.length; index++) {
    const onSign = level(sign[index]!);
    pixels[index] = onSign > 0 || !square ? LEVELS + onSign : level(square[index]!);
  }
  return encodePng({ width: side, height: side, palette: paletteOf(fill, ink), pixels });
}

/** First the square's color from transparent to opaque, then from the square's color to the letter's. */
function paletteOf(fill: string, ink: string): Color[] {
  const [square, letter] = [channels(fill), channels(ink)];
  const mix = (share: number) => square.map((value, at) => Math.round(value + (letter[at]! - value) * share));
  const shares = Array.from({ length: LEVELS }, (_, index) => index / (LEVELS - 1));
  return [
    ...shares.map((share): Color => [square[0]!, square[1]!, square[2]!, Math.round(share * 255)]),
    ...shares.map((share): Color => [...mix(share) as [number, number, number], 255]),
  ];
}

function level(share: number): number {
  return Math.round(share * (LEVELS - 1));
}

function channels(color: string): number[] {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

/** Fits an outline into the middle of the square, and turns its y axis down. */
function centered(outline: Contours, side: number): Contours {
  const { left, top, right, bottom } = boxOf(outline);
  const scale = Math.min(side * MAX_WIDTH / (right - left), side * MAX_HEIGHT / (bottom - top));
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  return transform(outline, ([x, y]) => [side / 2 + (x - middleX) * scale, side / 2 - (y - middleY) * scale]);
}

function roundedSquare(side: number): string {
  const [near, far] = [side * CORNER, side * (1 - CORNER)];
  return [
    `M${near} 0L${far} 0Q${side} 0 ${side} ${near}L${side} ${far}Q${side} ${side} ${far} ${side}`,
    `L${near} ${side}Q0 ${side} 0 ${far}L0 ${near}Q0 0 ${near} 0Z`,
  ].join("");
}
