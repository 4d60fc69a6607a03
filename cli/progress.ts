// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";
import type { FleetProgress } from "../db/migration/fleet.ts";

const FORMAT = "{bar} {value} of {total} schemas, {failed} failed, {rate}/s, {left} left";
const LINE_INTERVAL_MILLISECONDS = 5_000;
const SECONDS_PER_MINUTE = 60;

/** A progress bar on stderr with rate and time left. Without a terminal, a line every five seconds; when `quiet`, nothing. */
export function startProgress(quiet: boolean): { show(progress: FleetProgress): void; end(): void } {
  if (quiet) return { show: () => {}, end: () => {} };
  const bar = new SingleBar(
    { format: FORMAT, hideCursor: true, noTTYOutput: true, notTTYSchedule: LINE_INTERVAL_MILLISECONDS },
    Presets.shades_classic,
  );
  const started = performance.now();
  let isRunning = false;
  return {
    show({ total, migrated, failed }) {
      if (!isRunning) bar.start(total, 0);
      isRunning = true;
      const done = migrated + failed;
      const rate = done / ((performance.now() - started) / 1_000);
      bar.update(done, {
        failed,
        rate: Math.round(rate),
        left: done > 0 ? duration((total - done) / rate) : "?",
      });
    },
    end() {
      if (isRunning) bar.stop();
    },
  };
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < SECONDS_PER_MINUTE
    ? `${whole} s`
    : `${Math.floor(whole / SECONDS_PER_MINUTE)} min ${whole % SECONDS_PER_MINUTE} s`;
}
