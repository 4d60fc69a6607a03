import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { progressText, startProgress } from "../../cli/progress.ts";

/** Protects: a command that takes long says in a terminal how far it is, and prints nothing more where nobody looks. */

Deno.test("progress has the rate and the time left", () => {
  const text = (unit: "rows" | "bytes", done: number, total: number, seconds: number, failed?: number) =>
    progressText({ unit, done, total, seconds, failed });

  assert.equal(text("rows", 0, 2_000, 0), "0 of 2,000 rows, 0/s, ? left");
  assert.equal(text("rows", 500, 2_000, 5), "500 of 2,000 rows, 100/s, 15 s left");
  assert.equal(text("rows", 500, 20_000, 5, 3), "500 of 20,000 rows, 3 failed, 100/s, 3 min 15 s left");
  assert.equal(text("bytes", 40_000_000, 100_000_000, 2), "40 of 100 MB, 20 MB/s, 3 s left");
});

Deno.test("a terminal shows the bar as it fills", async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  const progress = startProgress({ unit: "rows", quiet: false, stream: terminal });

  progress.show!(1, 4);
  progress.show!(4, 4);
  progress.end();

  const shown = await shownOn(terminal);
  assert.match(shown, /░ 1 of 4 rows, 0\/s, \? left[^]*█ 4 of 4 rows, .*, 0 s left/);
});

Deno.test("without a terminal, or with --json, nothing is shown", async () => {
  const file = new PassThrough();
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });

  for (
    const progress of [
      startProgress({ unit: "rows", quiet: false, stream: file }),
      startProgress({ unit: "rows", quiet: true, stream: terminal }),
    ]
  ) {
    assert.equal(progress.show, undefined);
    progress.end();
  }

  assert.deepEqual([await shownOn(file), await shownOn(terminal)], ["", ""]);
});

async function shownOn(stream: PassThrough): Promise<string> {
  stream.end();
  return (await Array.fromAsync(stream)).join("");
}
