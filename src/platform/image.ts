import { type ImageHeader, readImageHeader } from "./image_header.ts";

export type ImageLimits = {
  /** The largest side of a file that is decoded. */
  maxSide: number;
  /** A small file can describe a huge image, and decoding takes four bytes for each pixel. */
  maxPixels: number;
  /** The side of the square into which the result fits. */
  fitInto: number;
};

export type ImageProblem = "not_an_image" | "too_many_pixels" | "unreadable";
export type ReencodedImage = { bytes: Uint8Array<ArrayBuffer>; mediaType: "image/png" };

/** Checks an image without decoding it. Returns its type and size, or the problem with it. */
export function measureImage(
  file: Uint8Array,
  { maxSide, maxPixels }: ImageLimits,
): ImageHeader | ImageProblem {
  const header = readImageHeader(file);
  if (!header) return "not_an_image";
  const { width, height } = header;
  return Math.max(width, height) > maxSide || width * height > maxPixels ? "too_many_pixels" : header;
}

/**
 * Draws a PNG, JPEG or WebP image anew, as PNG. Nothing but its pixels is left: no location, no other metadata, no markup for
 * programs that read the file as something else. Returns the problem if it can't. Takes up to a
 * second of computing, so requests call it through image_thread.ts.
 */
export async function reencodeImage(
  file: Uint8Array<ArrayBuffer>,
  limits: ImageLimits,
): Promise<ReencodedImage | ImageProblem> {
  const header = measureImage(file, limits);
  if (typeof header === "string") return header;
  const bitmap = await decode(file, header);
  if (!bitmap) return "unreadable";
  return { bytes: await toPng(await fit(bitmap, limits.fitInto)), mediaType: "image/png" };
}

async function decode(
  file: Uint8Array<ArrayBuffer>,
  { mediaType }: ImageHeader,
): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(new Blob([file], { type: mediaType }));
  } catch {
    return null;
  }
}

/** Measures the bitmap and not the file, because a photo may be stored on its side. */
async function fit(bitmap: ImageBitmap, side: number): Promise<ImageBitmap> {
  const scale = side / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return bitmap;
  const fitted = await createImageBitmap(bitmap, {
    resizeWidth: Math.max(1, Math.round(bitmap.width * scale)),
    resizeHeight: Math.max(1, Math.round(bitmap.height * scale)),
    resizeQuality: "high",
  });
  bitmap.close();
  return fitted;
}

async function toPng(bitmap: ImageBitmap): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(bitmap);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
