// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";
import process from "node:process";

const LINE_INTERVAL_MILLISECONDS = 5_000;
const SECONDS_PER_MINUTE = 60;
const BYTES_PER_MEGABYTE = 1_000_000;

export type ProgressOptions = {
  /** What is counted. Bytes are shown as megabytes. */
  unit: "schemas" | "rows" | "bytes" | "steps";
  quiet: boolean;
  /** Without a terminal, prints a line every five seconds. */
  asLines?: boolean;
  stream?: NodeJS.WritableStream & { isTTY?: boolean };
};

export type Progress = {
  /** Undefined if nobody sees it. */
  show?: (done: number, total: number, failed?: number) => void;
  end(): void;
};

/** A progress bar on stderr with rate and time left. Without a terminal, or when `quiet`, there is none. */
export function startProgress(
  { unit, quiet, asLines = false, stream = process.stderr }: ProgressOptions,
): Progress {
  if (quiet || !(stream.isTTY || asLines)) return { end: () => {} };
  const bar = new SingleBar(
    {
      format: "{bar} {text}",
      hideCursor: true,
      noTTYOutput: asLines,
      notTTYSchedule: LINE_INTERVAL_MILLISECONDS,
      stream,
    },
    Presets.shades_classic,
  );
  let started: number | undefined;
  return {
    show(done, total, failed) {
      const now = performance.now();
      const isFirst = started === undefined;
      started ??= now;
      const text = progressText({ unit, done, total, failed, seconds: (now - started) / 1_000 });
      if (isFirst) bar.start(total, done, { text });
      else bar.update(done, { text });
    },
    end() {
      if (started !== undefined) bar.stop();
    },
  };
}

/** What stands beside the bar: `500 of 2,000 rows, 100/s, 15 s left`. */
export function progressText(
  { unit, done, total, failed, seconds }: Pick<ProgressOptions, "unit"> & {
    done: number;
    total: number;
    failed?: number;
    seconds: number;
  },
): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const [scale, shown] = unit === "bytes" ? [BYTES_PER_MEGABYTE, "MB"] : [1, unit];
  const amount = (value: number) => Math.round(value / scale).toLocaleString("en-US");
  return [
    `${amount(done)} of ${amount(total)} ${shown}`,
    ...failed === undefined ? [] : [`${failed} failed`],
    `${amount(rate)}${unit === "bytes" ? " MB" : ""}/s`,
    `${rate > 0 ? duration((total - done) / rate) : "?"} left`,
  ].join(", ");
}

/** Passes `content` on, and counts its bytes. */
export function counted(
  content: ReadableStream<Uint8Array<ArrayBuffer>>,
  count: (bytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return content.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        count(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < SECONDS_PER_MINUTE
    ? `${whole} s`
    : `${Math.floor(whole / SECONDS_PER_MINUTE)} min ${whole % SECONDS_PER_MINUTE} s`;
}
