import { unavailable } from "../errors.ts";
import { SECOND } from "./clock.ts";
import type { ImageLimits, ImageProblem, ReencodedImage } from "./image.ts";
import type { ImageTask } from "./image_worker.ts";
import { problem } from "./problem.ts";
import { isBundled, PROJECT_FOLDER } from "./project_folder.ts";

const TOO_MANY_IMAGES = problem(
  "too_many_images",
  "Too many images are being read. Try again in a moment.",
);

/** `deno task bundle` makes a bundle of its own for the thread. */
const WORKER = new URL(
  isBundled ? "dist/server/image_worker.js" : "src/platform/image_worker.ts",
  PROJECT_FOLDER,
);
const MAX_WAITING = 8;
const TIMEOUT = 20 * SECOND;

type Answer = ReencodedImage | ImageProblem;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * `reencodeImage` on a thread of its own, because decoding would hold up all requests. One image at a time, so that many uploads
 * take neither all processors nor much memory. Throws `unavailable` if too many wait.
 */
export async function reencodeOnThread(file: Uint8Array<ArrayBuffer>, limits: ImageLimits): Promise<Answer> {
  if (waiting >= MAX_WAITING) throw unavailable(TOO_MANY_IMAGES);
  waiting += 1;
  const answer = last.then(() => run({ file, limits }));
  last = answer.catch(() => {});
  try {
    return await answer;
  } finally {
    waiting -= 1;
  }
}

async function run(task: ImageTask): Promise<Answer> {
  const answer = Promise.withResolvers<Answer>();
  const thread = new Worker(WORKER, { type: "module" });
  const timer = setTimeout(() => answer.resolve("unreadable"), TIMEOUT);
  thread.onmessage = ({ data }: MessageEvent<Answer>) => answer.resolve(data);
  thread.onerror = (event) => {
    event.preventDefault(); // it would end the process
    answer.reject(new Error(`An image could not be read: ${event.message}`));
  };
  thread.postMessage(task);
  try {
    return await answer.promise;
  } finally {
    clearTimeout(timer);
    thread.terminate();
  }
}
