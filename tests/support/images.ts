import { Buffer } from "node:buffer";
import { crc32, deflateSync } from "node:zlib";

export type Bytes = Uint8Array<ArrayBuffer>;

/** A PNG of one bit a pixel, so that a small file can have any size. */
export function blackPng(width: number, height: number, ...chunks: Bytes[]): Bytes {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 1);
  const rows = new Uint8Array(height * (1 + Math.ceil(width / 8)));
  return joined(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk("IHDR", new Uint8Array(header.buffer)),
    ...chunks,
    pngChunk("IDAT", Uint8Array.from(deflateSync(rows))),
    pngChunk("IEND", new Uint8Array()),
  );
}

/** A chunk of a PNG file, such as a text that an editor left in it. */
export function pngChunk(type: string, data: Bytes): Bytes {
  const body = joined(new TextEncoder().encode(type), data);
  return joined(uint32(data.length), body, uint32(crc32(body)));
}

/** A white JPEG. With `orientation`, a camera's EXIF data say how it was held and where. */
export async function whiteJpeg(width: number, height: number, orientation?: number): Promise<Bytes> {
  const pixels = new ImageData(new Uint8ClampedArray(width * height * 4).fill(255), width, height);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(await createImageBitmap(pixels));
  const blob = await canvas.convertToBlob({ type: "image/jpeg" });
  const file = new Uint8Array(await blob.arrayBuffer());
  if (!orientation) return file;
  return joined(file.slice(0, 2), exif(orientation), file.slice(2));
}

export const CAMERA = "Pocket camera at 52.5163, 13.3777";

/** EXIF with two entries: the orientation, and the camera's model as text. */
function exif(orientation: number): Bytes {
  const text = new TextEncoder().encode(`${CAMERA}\0`);
  const tiff = new DataView(new ArrayBuffer(38 + text.length));
  new Uint8Array(tiff.buffer).set(new TextEncoder().encode("MM\0*"));
  tiff.setUint32(4, 8);
  tiff.setUint16(8, 2);
  [0x0110, 2].forEach((value, index) => tiff.setUint16(10 + index * 2, value));
  [text.length, 38].forEach((value, index) => tiff.setUint32(14 + index * 4, value));
  [0x0112, 3].forEach((value, index) => tiff.setUint16(22 + index * 2, value));
  tiff.setUint32(26, 1);
  tiff.setUint16(30, orientation);
  new Uint8Array(tiff.buffer).set(text, 38);
  const body = joined(new TextEncoder().encode("Exif\0\0"), new Uint8Array(tiff.buffer));
  const length = body.length + 2;
  return joined(Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff), body);
}

/** WebP files of one pixel: lossy, lossless, and extended with transparency. */
export const WEBP_FILES: Record<string, Bytes> = {
  lossy: decoded("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"),
  lossless: decoded("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="),
  extended: decoded(
    "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==",
  ),
};

export const GIF: Bytes = decoded("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

export function joined(...parts: Uint8Array[]): Bytes {
  return Uint8Array.from(Buffer.concat(parts));
}

function decoded(base64: string): Bytes {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

function uint32(value: number): Bytes {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value);
  return new Uint8Array(view.buffer);
}
