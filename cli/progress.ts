// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";
import type { FleetProgress } from "../db/migration/fleet.ts";

const FORMAT = "{bar} {value} of {total} schemas, {failed} failed, {rate}/s, {left} left";
const LINE_EVERY_MILLISECONDS = 5_000;
const SECONDS_OF_A_MINUTE = 60;

/** A bar on stderr with the rate and the time left; where there is no terminal a line every five seconds, with JSON none. */
export function startProgress(quiet: boolean): { show(progress: FleetProgress): void; end(): void } {
  if (quiet) return { show: () => {}, end: () => {} };
  const bar = new SingleBar(
    { format: FORMAT, hideCursor: true, noTTYOutput: true, notTTYSchedule: LINE_EVERY_MILLISECONDS },
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
  return whole < SECONDS_OF_A_MINUTE
    ? `${whole} s`
    : `${Math.floor(whole / SECONDS_OF_A_MINUTE)} min ${whole % SECONDS_OF_A_MINUTE} s`;
}
