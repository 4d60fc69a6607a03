/** Shared by the benchmarks: figures next to their baselines, load with wrk, medians. */
import { send } from "../support/http.ts";

export type Figure = {
  name: string;
  value: string;
  limit: string;
  ratio: string;
  target: string;
  met: boolean;
};

export type Load = { requestsPerSecond: number; p50: number; p99: number };

const ROUND_SECONDS = 4;
const MICROSECONDS: Record<string, number> = { us: 1, ms: 1_000, s: 1_000_000 };

/**
 * Sends requests over `connections` connections for some seconds, to 127.0.0.1 only. With several headers, the requests take them in
 * turn. Latencies are in milliseconds.
 */
export async function load(
  port: number,
  path: string,
  connections: number,
  headers: Record<string, string> | Record<string, string>[],
): Promise<Load> {
  const [first = {}] = Array.isArray(headers) ? headers : [headers];
  const { status } = await send({
    port,
    host: first.Host ?? "127.0.0.1",
    method: "GET",
    path,
    headers: first,
  });
  // wrk counts a redirect as a success.
  if (status !== 200) throw new Error(`${path} answers ${status}.`);
  const flags = Array.isArray(headers)
    ? ["-s", await turns(path, headers)]
    : Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = [
    "-t1",
    `-c${connections}`,
    `-d${ROUND_SECONDS}s`,
    "--latency",
    ...flags,
    `http://127.0.0.1:${port}${path}`,
  ];
  const { code, stdout } = await new Deno.Command("wrk", { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0 || /Non-2xx/.test(text)) throw new Error(`The load failed:\n${text}`);
  const latency = (percent: number) => {
    const [, amount, unit] = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s)`).exec(text)!;
    return Number(amount) * MICROSECONDS[unit!]! / 1_000;
  };
  return {
    requestsPerSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(text)![1]),
    p50: latency(50),
    p99: latency(99),
  };
}

/** A script for wrk. */
async function turns(path: string, headers: Record<string, string>[]): Promise<string> {
  const requests = headers.map((each) => {
    const fields = Object.entries(each).map(([name, value]) => `["${name}"]="${value}"`);
    return `wrk.format("GET", "${path}", {${fields.join(",")}})`;
  });
  const file = await Deno.makeTempFile({ dir: "/tmp", suffix: ".lua" });
  await Deno.writeTextFile(
    file,
    `local requests, turn
init = function() requests, turn = {${requests.join(",")}}, 0 end
request = function() turn = turn % #requests + 1; return requests[turn] end
`,
  );
  return file;
}

/** Takes the measurements in turn, several times, so that other load on the machine affects all of them. */
export async function alternate<Names extends string>(
  rounds: number,
  measures: Record<Names, () => Promise<number>>,
): Promise<Record<Names, number>> {
  const names = Object.keys(measures) as Names[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Names, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values[name].push(await measures[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(values[name])])) as Record<Names, number>;
}

export function median(values: number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)]!;
}

/** The milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A figure that should be at least `share` of its limit. */
export function atLeast(name: string, unit: string, value: number, limit: number, share: number): Figure {
  const ratio = value / limit;
  return {
    name,
    value: `${round(value)} ${unit}`,
    limit: `${round(limit)} ${unit}`,
    ratio: ratio.toFixed(2),
    target: `≥ ${share}`,
    met: ratio >= share,
  };
}

/** A figure that should stay under its limit, or under a multiple of it. */
export function under(name: string, unit: string, value: number, limit: number, times = 1): Figure {
  const ratio = value / limit;
  return {
    name,
    value: `${round(value)} ${unit}`,
    limit: `${round(limit)} ${unit}`,
    ratio: ratio.toFixed(2),
    target: `< ${Number(times.toFixed(2))}`,
    met: ratio < times,
  };
}

/** A figure with its own target. Its baseline was measured next to it. */
export function within(
  name: string,
  unit: string,
  value: number,
  limit: number,
  target: { below: number } | { atLeast: number },
): Figure {
  const [sign, wanted] = "below" in target ? ["<", target.below] : ["≥", target.atLeast];
  return {
    name,
    value: `${round(value)} ${unit}`,
    limit: `${round(limit)} ${unit}`,
    ratio: (value / limit).toFixed(2),
    target: `${sign} ${wanted.toLocaleString("en")} ${unit}`,
    met: "below" in target ? value < wanted : value >= wanted,
  };
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(2);
}
