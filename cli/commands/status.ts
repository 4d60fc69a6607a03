import type { Command } from "@commander-js/extra-typings";
import { z } from "zod";
import type { SystemContext } from "../../src/context.ts";
import { SECOND } from "../../src/platform/clock.ts";
import { parseOptions } from "../options.ts";
import { createOutput, terminalWidth, write } from "../output.ts";
import { withSystem } from "../session.ts";
import { readStatus, type Status } from "../status.ts";
import { toTable } from "../table.ts";

const TO_THE_TOP = "\x1b[H";
const CLEAR_BELOW = "\x1b[J";
const OTHER_SCREEN = { open: "\x1b[?1049h\x1b[?25l", close: "\x1b[?25h\x1b[?1049l" };

const watchOptions = z.object({
  interval: z.coerce.number({ error: "Use seconds from 1 to 3600." }).min(1).max(3_600),
});

export function define(status: Command): void {
  status.option("--watch", "refresh the screen until Ctrl-C")
    .option("--interval <seconds>", "with --watch, the time between two refreshes", "2")
    .option("--json", "print JSON; with --watch, one line for each refresh")
    .addHelpText("after", "\nRequests, latency and connections are those of the server on this machine.")
    .action(async ({ watch: isLive, json, interval }) => {
      const wait = parseOptions(watchOptions, { interval }).interval * SECOND;
      await withSystem(async (ctx) => {
        if (isLive) return await watch(ctx, { wait, json: json === true });
        const { status } = await readStatus(ctx);
        if (json) createOutput(true).data(status);
        else write(Deno.stdout, screen(status));
      });
    });
}

async function watch(ctx: SystemContext, { wait, json }: { wait: number; json: boolean }): Promise<void> {
  const isScreen = !json && Deno.stdout.isTerminal();
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stopped.abort());
  }
  if (isScreen) print(OTHER_SCREEN.open);
  try {
    let before: Awaited<ReturnType<typeof readStatus>> | undefined;
    while (!stopped.signal.aborted) {
      before = await readStatus(ctx, before);
      const text = json ? JSON.stringify(before.status) : screen(before.status);
      if (isScreen) {
        print(TO_THE_TOP + text.replaceAll("\n", "\x1b[K\n") + `\x1b[K\nCtrl-C ends.${CLEAR_BELOW}`);
      } else write(Deno.stdout, text);
      await pause(wait, stopped.signal);
    }
  } finally {
    if (isScreen) print(OTHER_SCREEN.close);
  }
}

function screen({ at, requests, queues, workers, pools, tenants }: Status): string {
  const width = terminalWidth();
  const counted = Object.values(tenants).reduce((sum, count) => sum + count, 0);
  return [
    `Denizen at ${at}`,
    "",
    requests
      ? linesOf(requests)
      : "No server answers on this machine, so requests and connections are unknown.",
    "",
    `Jobs: ${workers === 1 ? "1 process runs" : `${workers} processes run`} them`,
    toTable(queues, width),
    ...pools.length > 0 ? ["", "Database connections of the server", toTable(pools, width)] : [],
    "",
    `Tenants: ${counted}`,
    toTable([tenants], width),
  ].join("\n");
}

function linesOf({ seconds, requests, per_second, errors, p50_ms, p95_ms }: NonNullable<Status["requests"]>) {
  const time = seconds === null
    ? "since the server started"
    : `in ${Math.round(seconds)} s, ${per_second} per second`;
  const latency = p50_ms === null
    ? "no latency yet"
    : `half took at most ${p50_ms} ms, 95 % ${within(p95_ms)}`;
  return `Requests: ${requests} ${time}\nErrors: ${errors}\nLatency: ${latency}`;
}

function within(milliseconds: number | null): string {
  return milliseconds === null ? "longer than 5 s" : `at most ${milliseconds} ms`;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    }, { once: true });
  });
}
