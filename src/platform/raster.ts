/** A point in pixels. The y axis points down. */
export type Point = readonly [x: number, y: number];

/** Closed shapes, each with its corners in order. */
export type Contours = readonly (readonly Point[])[];

/** How many straight lines stand for a curve. */
const LINES_PER_CURVE = 24;

/** The contours of an SVG path of absolute M, L, Q and Z commands. */
export function contoursOf(path: string): Contours {
  const contours: Point[][] = [];
  for (const [, command, numbers] of path.matchAll(/([MLQZ])([^MLQZ]*)/g)) {
    const values = numbers!.trim().split(/[\s,]+/).map(Number);
    if (command === "M") contours.push([[values[0]!, values[1]!]]);
    const contour = contours.at(-1)!;
    if (command === "L") contour.push([values[0]!, values[1]!]);
    if (command === "Q") contour.push(...curve(contour.at(-1)!, values));
  }
  return contours;
}

/** Maps each point. */
export function transform(contours: Contours, map: (point: Point) => Point): Contours {
  return contours.map((contour) => contour.map(map));
}

export type Box = { left: number; top: number; right: number; bottom: number };

/** The smallest box around the contours. */
export function boxOf(contours: Contours): Box {
  const points = contours.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/**
 * The share of each pixel that the contours cover, from 0 to 1, row by row. A contour that runs the other way around cuts a hole.
 * The contours must lie inside of the picture. Each edge leaves its signed area in the pixels that it crosses, and the sum along
 * a row is the coverage.
 */
export function rasterize(contours: Contours, width: number, height: number): Float32Array {
  const stride = width + 2; // an edge at the right border reaches into the next two cells
  const areas = new Float32Array(stride * height);
  for (const contour of contours) {
    contour.forEach((from, index) => addEdge(areas, stride, from, contour[(index + 1) % contour.length]!));
  }
  const coverage = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += areas[y * stride + x]!;
      coverage[y * width + x] = Math.min(Math.abs(sum), 1);
    }
  }
  return coverage;
}

function curve([startX, startY]: Point, [controlX, controlY, endX, endY]: number[]): Point[] {
  const at = (share: number, start: number, control: number, end: number) =>
    (1 - share) ** 2 * start + 2 * share * (1 - share) * control + share ** 2 * end;
  return Array.from({ length: LINES_PER_CURVE }, (_, index) => {
    const share = (index + 1) / LINES_PER_CURVE;
    return [at(share, startX, controlX!, endX!), at(share, startY, controlY!, endY!)];
  });
}

/** Adds the part of an edge in each row. */
function addEdge(areas: Float32Array, stride: number, from: Point, to: Point): void {
  const isDown = from[1] < to[1];
  const [[topX, topY], [bottomX, bottomY]] = isDown ? [from, to] : [to, from];
  if (topY === bottomY) return;
  const slope = (bottomX - topX) / (bottomY - topY);
  for (let row = Math.floor(topY); row < bottomY; row++) {
    const [start, end] = [Math.max(topY, row), Math.min(bottomY, row + 1)];
    const [startX, endX] = [topX + (start - topY) * slope, topX + (end - topY) * slope];
    const height = isDown ? end - start : start - end;
    addSpan(areas, row * stride, height, Math.min(startX, endX), Math.max(startX, endX));
  }
}

/**
 * Spreads an edge's height in a row over the pixels between its ends, by the area to its right. Afterward, the sum up to a pixel
 * is what the edge covers of that pixel.
 */
function addSpan(areas: Float32Array, row: number, height: number, left: number, right: number): void {
  const add = (x: number, amount: number) => areas[row + x] = areas[row + x]! + amount;
  let covered = 0;
  const [first, last] = [Math.floor(left), Math.floor(right)];
  for (let x = first; x <= last; x++) {
    const share = shareRightOf(left, right, x);
    add(x, height * (share - covered));
    covered = share;
  }
  add(last + 1, height * (1 - covered));
}

/** The mean over the edge of what it covers of the pixel at `x`: 1 left of the pixel, 0 right of it, and between inside. */
function shareRightOf(left: number, right: number, x: number): number {
  if (right - left < 1e-9) return x + 1 - left;
  const until = (end: number) => Math.min(Math.max(end, left), right);
  const [enter, leave] = [until(x), until(x + 1)];
  const before = enter - left;
  const inside = (leave - enter) * (x + 1 - (enter + leave) / 2);
  return (before + inside) / (right - left);
}
