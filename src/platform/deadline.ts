import { clearTimeout, setTimeout } from "node:timers";

/** Returns the result of `work`. Throws if `work` takes longer than `milliseconds`, but doesn't stop it. */
export async function withDeadline<T>(milliseconds: number, work: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
