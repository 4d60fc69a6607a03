import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** Returns the result of `work`. Throws if `work` takes longer than `milliseconds`, but doesn't stop it. */
export async function withDeadline<T>(milliseconds: number, work: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const expire = () => reject(new Error(`no answer within ${milliseconds} ms`));
    // After a busy moment, an answer that has arrived in time is read before the deadline counts.
    timer = setTimeout(() => setImmediate(expire), milliseconds);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
