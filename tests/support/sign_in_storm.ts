import { callApi } from "./http.ts";
import type { ServerProcess } from "./process.ts";

const SAMPLER = new URL("./memory_sampler.ts", import.meta.url).pathname;
const HEALTH_EVERY_MILLISECONDS = 20;
/** Milliseconds of calm before and after the storm. */
const CALM = 500;

export type Storm = {
  /** The number of responses per status. */
  statuses: Record<number, number>;
  retryAfter: (string | undefined)[];
  /** Resident memory in megabytes: before the storm, and the peak. */
  memory: { before: number; peak: number };
  /** Response times of /health in milliseconds: before and during the storm. */
  calm: number[];
  health: number[];
  /** Milliseconds until the last sign-in got a response. */
  last: number;
};

/** Signs in `count` times at once while polling /health and the server's memory. */
export async function storm(
  server: ServerProcess,
  account: { email: string; password: string },
  count: number,
): Promise<Storm> {
  const call = { port: server.port, host: `localhost:${server.port}` };
  const attempt = () => callApi({ ...call, method: "POST", path: "/api/v1/auth/login", body: account });
  await attempt();
  const calm = await watchCalm(server.port);
  const memory = await MemoryWatch.start(server.pid);
  const health = new HealthWatch(server.port);
  const started = performance.now();

  const answers = await Promise.all(Array.from({ length: count }, attempt));
  const last = performance.now() - started;

  await new Promise((done) => setTimeout(done, CALM));
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const refused = answers.filter(({ status }) => status === 503);
  return {
    statuses,
    retryAfter: refused.map(({ headers }) => headers["retry-after"]),
    memory: await memory.stop(),
    calm,
    health: await health.stop(),
    last,
  };
}

/** Signs in once, unless `signal` aborts first. Returns the status. */
export async function signIn(
  server: ServerProcess,
  account: { email: string; password: string },
  signal?: AbortSignal,
): Promise<number> {
  const answer = await fetch(`http://localhost:${server.port}/api/v1/auth/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(account),
    signal,
  });
  await answer.body?.cancel();
  return answer.status;
}

async function watchCalm(port: number): Promise<number[]> {
  const health = new HealthWatch(port);
  await new Promise((done) => setTimeout(done, CALM));
  return await health.stop();
}

/** Polls /health on a new connection each time, without waiting for the previous response. */
class HealthWatch {
  readonly #answers: Promise<number>[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(port: number) {
    this.#timer = setInterval(() => this.#answers.push(timeOf(port)), HEALTH_EVERY_MILLISECONDS);
  }

  async stop(): Promise<number[]> {
    clearInterval(this.#timer);
    return await Promise.all(this.#answers);
  }
}

async function timeOf(port: number): Promise<number> {
  const started = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  await answer.body?.cancel();
  return performance.now() - started;
}

class MemoryWatch {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #samples: number[] = [];

  private constructor(process: Deno.ChildProcess, first: () => void) {
    this.#process = process;
    this.#reading = this.#read(first);
  }

  static async start(pid: number): Promise<MemoryWatch> {
    const args = ["run", "--allow-all", "--no-config", SAMPLER, String(pid)];
    const process = new Deno.Command("deno", { args, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const watch = new MemoryWatch(process, resolve);
    await first;
    return watch;
  }

  async stop(): Promise<{ before: number; peak: number }> {
    this.#process.kill("SIGKILL");
    await Promise.all([this.#process.status, this.#reading]);
    return { before: this.#samples[0]!, peak: Math.max(...this.#samples) };
  }

  async #read(first: () => void): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      this.#samples.push(...text.trim().split("\n").map(Number));
      first();
    }
  }
}
