/** Runs the product's tasks in separate processes, with their permissions in deno.json. */
import { createServer } from "node:net";
import { permissionPath } from "../../deploy/scripts/data_dir.ts";
import { commandsOf } from "./deno_config.ts";
import { PATIENCE } from "./patience.ts";
import { shortLived } from "./v8_flags.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

export type Outcome = { code: number; stdout: string; stderr: string };

/** Runs the CLI like `deno task admin`. */
export function cli(variables: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return finish(command("admin", variables, args).spawn());
}

/** Runs the CLI like `deno task backup` or `deno task restore`, which may also run PostgreSQL's programs. */
export function backupTask(
  task: "backup" | "restore",
  variables: Record<string, string>,
  ...args: string[]
): Promise<Outcome> {
  return finish(command(task, variables, args).spawn());
}

/** Runs the CLI like `deno task deploy`, which may also run the programs that deploy. */
export function deployTask(variables: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return finish(command("deploy", variables, args).spawn());
}

/** Runs the CLI from the bundle that `deno task bundle:cli` builds. */
export async function bundledCli(variables: Record<string, string>, ...args: string[]): Promise<Outcome> {
  return await finish(command("admin", variables, args, "piped", { script: await bundled() }).spawn());
}

/** The same with `input` on standard input. */
export async function bundledCliWithInput(
  variables: Record<string, string>,
  input: string,
  ...args: string[]
): Promise<Outcome> {
  const process = command("admin", variables, args, "piped", { script: await bundled(), stdin: "piped" })
    .spawn();
  const outcome = finish(process);
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  return await outcome;
}

/** How a command is run in a `CliProcess`: the variables that only it has, its standard input, and the output after which it gets Ctrl-C. */
export type Running = { variables?: Record<string, string>; input?: string; until?: RegExp };

/** The CLI like `deno task admin` or `deno task deploy`, but one process runs many commands, because starting it takes longer than most of them. */
export class CliProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stdout: ReadableStreamDefaultReader<string>;
  readonly #stderr: ReadableStreamDefaultReader<string>;

  constructor(task: "admin" | "deploy", variables: Record<string, string>) {
    const script = "tests/support/commands_in_turn.ts";
    this.#process = command(task, variables, [], "piped", { script, stdin: "piped" }).spawn();
    this.#stdin = this.#process.stdin.getWriter();
    this.#stdout = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#stderr = this.#process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  }

  async run(args: string[], { variables = {}, input = "", until }: Running = {}): Promise<Outcome> {
    let isInterrupted = false; // a second Ctrl-C could come after the command, and end the process
    const interrupt = (text: string) => {
      if (isInterrupted || !until?.test(text)) return;
      isInterrupted = true;
      this.#process.kill("SIGINT");
    };
    const command = `${JSON.stringify({ args, variables })}\n${input}`;
    await this.#stdin.write(new TextEncoder().encode(command));
    const [stdout, stderr] = await Promise.all([
      untilEnd(this.#stdout, interrupt),
      untilEnd(this.#stderr, interrupt),
    ]);
    return { code: stdout.code, stdout: stdout.text, stderr: stderr.text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close();
    await this.#process.status;
    await Promise.all([this.#stdout.cancel(), this.#stderr.cancel()]);
  }
}

/** What a command prints, up to the mark that ends it. */
async function untilEnd(
  stream: ReadableStreamDefaultReader<string>,
  onText: (text: string) => void,
): Promise<{ code: number; text: string }> {
  for (let text = "";;) {
    const { done, value } = await stream.read();
    if (done) throw new Error(`The process ended:\n${text}`);
    text += value;
    const [mark, code] = END_OF_COMMAND.exec(text) ?? [];
    if (mark) return { code: Number(code), text: text.slice(0, -mark.length) };
    onText(text);
  }
}

const END_OF_COMMAND = /\0(\d+)\n$/;

const BUNDLE = ".data/cli";
let bundle: Promise<string> | undefined;

function bundled(): Promise<string> {
  return bundle ??= bundleCli();
}

async function bundleCli(): Promise<string> {
  const line = commandsOf("bundle:cli").find((each) => each.startsWith("deno bundle"))!;
  const args = line.replace("dist/cli", BUNDLE).split(" ").slice(1);
  const { code, stderr } = await new Deno.Command("deno", { args, cwd: ROOT }).output();
  if (code !== 0) throw new Error(`The CLI can't be bundled:\n${new TextDecoder().decode(stderr)}`);
  return `${BUNDLE}/main.js`;
}

/**
 * Runs the CLI and kills it (SIGKILL) as soon as `isTime` returns true. It may have exited before. Throws if it failed.
 */
export function killedCli(
  variables: Record<string, string>,
  isTime: () => Promise<boolean>,
  ...args: string[]
): Promise<void> {
  return killed(command("admin", variables, args, "null").spawn(), isTime);
}

/** The same with the CLI of a later version that has one more migration: see later_version.ts. */
export function killedLaterCli(
  variables: Record<string, string>,
  isTime: () => Promise<boolean>,
  ...args: string[]
): Promise<void> {
  const script = "tests/support/later_cli.ts";
  return killed(command("admin", variables, args, "null", { script }).spawn(), isTime);
}

async function killed(process: Deno.ChildProcess, isTime: () => Promise<boolean>): Promise<void> {
  let ended = false;
  const status = process.status.finally(() => ended = true);
  while (!ended && !await isTime()) await new Promise((done) => setTimeout(done, 2));
  if (!ended) process.kill("SIGKILL");
  const { code, signal } = await status;
  if (code !== 0 && signal !== "SIGKILL") {
    throw new Error(`The process exited unexpectedly with code ${code}.`);
  }
}

/** A server started like `deno task start`, without building the CSS again. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #process: Deno.ChildProcess;
  readonly outcome: Promise<Outcome>;

  private constructor(port: number, process: Deno.ChildProcess) {
    this.port = port;
    this.#process = process;
    this.outcome = finish(process);
  }

  static async start(
    variables: Record<string, string>,
    output: "piped" | "null" = "piped",
    { script }: { script?: string } = {},
  ): Promise<ServerProcess> {
    const port = await freePort();
    return new ServerProcess(
      port,
      command("start", { PORT: String(port), ...variables }, [], output, { script }).spawn(),
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Waits until the server answers. If it exits instead, throws its output. Fails after `PATIENCE`. */
  async ready(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    const ended = this.outcome.then(({ stderr }) => {
      throw new Error(`The server ended:\n${stderr}`);
    });
    ended.catch(() => {});
    for (;;) {
      const answered = await Promise.race([
        fetch(`http://127.0.0.1:${this.port}/ready`).then(drained, () => false),
        ended,
      ]);
      if (answered) return;
      if (performance.now() > deadline) throw new Error("The server didn't answer in time.");
      await new Promise((done) => setTimeout(done, 25));
    }
  }

  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Outcome> {
    try {
      this.#process.kill(signal);
    } catch { /* it has ended by itself */ }
    return await this.outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

function command(
  task: "start" | "admin" | "backup" | "restore" | "deploy",
  variables: Record<string, string>,
  args: string[],
  output: "piped" | "null" = "piped",
  { script, stdin = "null" }: { script?: string; stdin?: "piped" | "null" } = {},
): Deno.Command {
  const line = commandsOf(task).at(-1)!.replaceAll("$FOLDER", () => permissionPath(variables.DATA_DIR));
  const [, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((word) => word[1] ?? word[2]!);
  const env = {
    PATH: Deno.env.get("PATH")!,
    HOME: Deno.env.get("HOME")!,
    NO_COLOR: "1",
    STOP_DELAY: "0", // no load balancer has to turn away
    TENANT_POOL_SIZE: "0", // creating a schema takes longer than most requests
    ...shortLived(),
    ...variables,
  };
  const streams = { stdin, stdout: output, stderr: output } as const;
  if (script) words.splice(words.findIndex((word) => word.endsWith("/main.ts")), Infinity, script);
  return new Deno.Command("deno", {
    args: [...words, ...args],
    cwd: ROOT,
    clearEnv: true,
    env,
    ...streams,
  });
}

async function finish(process: Deno.ChildProcess): Promise<Outcome> {
  const [status, stdout, stderr] = await Promise.all([
    process.status,
    textOf(() => process.stdout),
    textOf(() => process.stderr),
  ]);
  return { code: status.code, stdout, stderr };
}

/** A process's output, or nothing if the stream isn't piped: its getter throws then. */
async function textOf(stream: () => ReadableStream<Uint8Array>): Promise<string> {
  try {
    return await new Response(stream()).text();
  } catch {
    return "";
  }
}

/** Whether a program is installed. */
export async function isProgram(name: string): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args: ["version"] }).output()).success;
  } catch {
    return false;
  }
}

async function drained(response: Response): Promise<boolean> {
  await response.body?.cancel();
  return response.ok;
}

/**
 * Below the ports that the system gives to servers on port 0, so that none of these takes it in the meantime. Above 10080, the
 * last one that `fetch` and browsers refuse (https://fetch.spec.whatwg.org/#port-blocking).
 */
const PORTS = { first: 10_100, count: 21_900 };
const TRIES = 100;

/** A free port on this machine. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${PORTS.first} on is free.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer().once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
