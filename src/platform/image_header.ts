/** What the first bytes of an image say. */
export type ImageHeader = {
  mediaType: "image/png" | "image/jpeg" | "image/webp";
  width: number;
  height: number;
};

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG_START = [0xff, 0xd8, 0xff];
const [RIFF, WEBP] = [lettersOf("RIFF"), lettersOf("WEBP")];
const CHUNK_HEAD_BYTES = 8;

/**
 * The type and size of a PNG, JPEG or WebP image, read without decoding it. Returns null for anything else, for files that end too
 * early, and for files that name two sizes, because a decoder could use the other one.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (startsWith(bytes, PNG_SIGNATURE)) return readPng(view);
    if (startsWith(bytes, JPEG_START)) return readJpeg(view);
    if (startsWith(bytes, RIFF) && startsWith(bytes.subarray(8), WEBP)) return readWebp(view);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the file ends too early
    throw error;
  }
}

function readPng(view: DataView): ImageHeader | null {
  if (textAt(view, 12) !== "IHDR") return null;
  return sized("image/png", view.getUint32(16), view.getUint32(20));
}

/** Reads segments until the first scan. The file must contain the end of the image after it. */
function readJpeg(view: DataView): ImageHeader | null {
  let frame: ImageHeader | null = null;
  let at = 2;
  while (true) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // a fill byte
      continue;
    }
    if (marker === 0xda) return frame && hasEndOfJpeg(view, at) ? frame : null;
    if (isFrame(marker)) {
      if (frame) return null;
      frame = sized("image/jpeg", view.getUint16(at + 7), view.getUint16(at + 5));
      if (!frame) return null;
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** Start of frame. 0xc4, 0xc8 and 0xcc in the same range mean something else. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function hasEndOfJpeg(view: DataView, from: number): boolean {
  for (let at = view.byteLength - 2; at > from; at--) {
    if (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xd9) return true;
  }
  return false;
}

/** An extended file says its size twice: for the canvas, and in the chunk of the image. */
function readWebp(view: DataView): ImageHeader | null {
  if (CHUNK_HEAD_BYTES + view.getUint32(4, true) > view.byteLength) return null;
  if (textAt(view, 12) !== "VP8X") return readWebpChunk(view, 12);
  const canvas = sized("image/webp", 1 + getUint24(view, 24), 1 + getUint24(view, 27));
  let at = 12;
  while (true) {
    at += CHUNK_HEAD_BYTES + evenly(view.getUint32(at + 4, true));
    const name = textAt(view, at);
    if (name === "ANMF") return null;
    if (name === "VP8 " || name === "VP8L") {
      const image = readWebpChunk(view, at);
      return image?.width === canvas?.width && image?.height === canvas?.height ? canvas : null;
    }
  }
}

function readWebpChunk(view: DataView, at: number): ImageHeader | null {
  if (textAt(view, at) === "VP8 ") {
    const [width, height] = [view.getUint16(at + 14, true), view.getUint16(at + 16, true)];
    return sized("image/webp", width & 0x3fff, height & 0x3fff);
  }
  if (textAt(view, at) !== "VP8L") return null;
  const packed = view.getUint32(at + 9, true);
  return sized("image/webp", 1 + (packed & 0x3fff), 1 + (packed >>> 14 & 0x3fff));
}

function sized(mediaType: ImageHeader["mediaType"], width: number, height: number): ImageHeader | null {
  return width > 0 && height > 0 ? { mediaType, width, height } : null;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function lettersOf(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

function getUint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
}

/** Chunks are padded to an even length. */
function evenly(length: number): number {
  return length + length % 2;
}
