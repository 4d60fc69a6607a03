import { type ImageLimits, reencodeImage } from "./image.ts";

/** What image_thread.ts sends to this thread. */
export type ImageTask = { file: Uint8Array<ArrayBuffer>; limits: ImageLimits };

self.onmessage = async ({ data }: MessageEvent<ImageTask>) => {
  self.postMessage(await reencodeImage(data.file, data.limits));
};
