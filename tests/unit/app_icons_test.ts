import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { crc32, inflateSync } from "node:zlib";
import { drawAppIcon } from "../../src/platform/app_icon.ts";
import { findLetterOutline } from "../../src/platform/letter_outlines.ts";
import { encodePng } from "../../src/platform/png.ts";
import { contoursOf, rasterize } from "../../src/platform/raster.ts";

/** Protects: a workspace's icons are drawn exactly, and are PNG files that every system reads. */

const GREEN = "#0b6b58";

Deno.test("a pixel is covered by the share of its area that lies inside the outline", () => {
  const square = rasterize(contoursOf("M1 1L3 1L3 2.5L1 2.5Z"), 4, 4);
  const triangle = rasterize(contoursOf("M0 0L4 4L0 4Z"), 4, 4);
  const shallow = rasterize(contoursOf("M0 0L4 1L0 1Z"), 4, 1);

  assert.deepEqual(rowsOf(square, 4), [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0.5, 0.5, 0], [0, 0, 0, 0]]);
  assert.deepEqual(rowsOf(triangle, 4), [[0.5, 0, 0, 0], [1, 0.5, 0, 0], [1, 1, 0.5, 0], [1, 1, 1, 0.5]]);
  assert.deepEqual(rowsOf(shallow, 4), [[0.875, 0.625, 0.375, 0.125]]);
});

Deno.test("a contour that runs the other way around cuts a hole, and overlapping contours cover a pixel once", () => {
  const ring = rasterize(contoursOf("M0 0L3 0L3 3L0 3ZM1 1L1 2L2 2L2 1Z"), 3, 3);
  const overlap = rasterize(contoursOf("M0 0L2 0L2 1L0 1ZM1 0L3 0L3 1L1 1Z"), 3, 1);

  assert.deepEqual(rowsOf(ring, 3), [[1, 1, 1], [1, 0, 1], [1, 1, 1]]);
  assert.deepEqual(rowsOf(overlap, 3), [[1, 1, 1]]);
});

Deno.test("a curve covers the area below it", () => {
  const parabola = rasterize(contoursOf("M0 100Q50 -100 100 100Z"), 100, 100);

  const area = parabola.reduce((sum, share) => sum + share, 0);

  assert.ok(Math.abs(area - 100 * 100 * 2 / 3) < 20, `${area}`);
});

Deno.test("capital letters and digits of Latin, Greek and Cyrillic have an outline, and letters that look the same share it", () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ÄÉÑŁŠΓΔΩБДЖЯ";

  assert.deepEqual([...letters].filter((letter) => !findLetterOutline(letter)), []);
  assert.equal(findLetterOutline("Α"), findLetterOutline("A"));
  assert.equal(findLetterOutline("漢"), null);
});

Deno.test("a PNG file has correct sizes, checksums, colors and pixels", async () => {
  const file = await encodePng({
    width: 2,
    height: 1,
    palette: [[255, 0, 0, 255], [0, 0, 255, 128]],
    pixels: Uint8Array.of(0, 1),
  });

  const chunks = chunksOf(file);

  assert.deepEqual([...chunks.keys()], ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
  assert.deepEqual([...chunks.get("IHDR")!], [0, 0, 0, 2, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
  assert.deepEqual([...chunks.get("PLTE")!], [255, 0, 0, 0, 0, 255]);
  assert.deepEqual([...chunks.get("tRNS")!], [255, 128]);
  assert.deepEqual([...inflateSync(chunks.get("IDAT")!)], [0, 0, 1]);
});

Deno.test("an icon shows its letter in the middle, on its color", async () => {
  const rounded = await pixelsOf({ letter: "I", shape: "rounded" });
  const full = await pixelsOf({ letter: "I", shape: "full" });
  const hollow = await pixelsOf({ letter: "O", shape: "full" });

  assert.deepEqual(rounded.at(32, 32), [255, 255, 255, 255]);
  assert.deepEqual(rounded.at(8, 32), [11, 107, 88, 255]);
  assert.equal(rounded.at(0, 0)[3], 0);
  assert.deepEqual(full.at(0, 0), [11, 107, 88, 255]);
  assert.deepEqual(full.at(32, 32), [255, 255, 255, 255]);
  assert.deepEqual(hollow.at(32, 32), [11, 107, 88, 255]);
});

Deno.test("every letter lies inside the circle that systems keep of an icon", async () => {
  const side = 64;
  for (const letter of ["A", "M", "W", "Q", "Ж", "Щ", "Å", "漢"]) {
    const { at } = await pixelsOf({ letter, shape: "full" });
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        if (Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) <= side * 0.4) continue;
        assert.deepEqual(at(x, y), [11, 107, 88, 255], `${letter} at ${x}, ${y}`);
      }
    }
  }
});

/** The icon's pixels as red, green, blue and opacity, read from its file. */
async function pixelsOf({ letter, shape }: { letter: string; shape: "rounded" | "full" }) {
  const side = 64;
  const chunks = chunksOf(await drawAppIcon({ letter, fill: GREEN, ink: "#ffffff", shape, side }));
  const [colors, opacities] = [chunks.get("PLTE")!, chunks.get("tRNS")!];
  const rows = inflateSync(chunks.get("IDAT")!);
  return {
    at(x: number, y: number): number[] {
      const index = rows[y * (side + 1) + 1 + x]!;
      return [...colors.subarray(index * 3, index * 3 + 3), opacities[index]!];
    },
  };
}

/** The chunks of a PNG file by type. Throws if a checksum is wrong. */
function chunksOf(file: Uint8Array): Map<string, Uint8Array> {
  const bytes = Buffer.from(file);
  assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    assert.equal(crc32(bytes.subarray(at + 4, end)), bytes.readUInt32BE(end));
    chunks.set(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, end));
    at = end + 4;
  }
  return chunks;
}

function rowsOf(coverage: Float32Array, width: number): number[][] {
  return Array.from(
    { length: coverage.length / width },
    (_, row) =>
      [...coverage.subarray(row * width, (row + 1) * width)].map((share) => Math.round(share * 1000) / 1000),
  );
}
