import { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { crc32, deflate } from "node:zlib";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const BITS_PER_PIXEL = 8;
const INDEXED = 3;

const deflateAsync = promisify(deflate);

/** A color with its opacity, each part from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number, opacity: number];

/** A picture whose pixels are indexes into a palette of at most 256 colors, row by row. */
export type IndexedImage = { width: number; height: number; palette: readonly Color[]; pixels: Uint8Array };

/** The image as a PNG file. Compresses on another thread. */
export async function encodePng({ width, height, palette, pixels }: IndexedImage): Promise<Uint8Array> {
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk(
      "IHDR",
      Buffer.concat([uint32(width), uint32(height), Buffer.from([BITS_PER_PIXEL, INDEXED, 0, 0, 0])]),
    ),
    chunk("PLTE", Buffer.from(palette.flatMap(([red, green, blue]) => [red, green, blue]))),
    chunk("tRNS", Buffer.from(palette.map(([, , , opacity]) => opacity))),
    chunk("IDAT", await deflateAsync(unfilteredRows(pixels, width, height))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Each row starts with its filter: 0 for none, which compresses flat colors best. */
function unfilteredRows(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  return rows;
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([uint32(content.length), body, uint32(crc32(body))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
