/** The CLI, which runs one command after the other: see CliProcess in process.ts. */
import { run } from "../../cli/main.ts";
import { write } from "../../cli/output.ts";
import { flushLog } from "../../src/platform/log.ts";

for (let line = await readLine(); line; line = await readLine()) {
  const { args, variables }: { args: string[]; variables: Record<string, string> } = JSON.parse(line);
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  const code = await run(args);
  for (const [name, value] of before) {
    if (value === undefined) Deno.env.delete(name);
    else Deno.env.set(name, value);
  }
  flushLog();
  for (const stream of [Deno.stdout, Deno.stderr]) write(stream, `\0${code}`);
}
Deno.exit();

/** Byte by byte, because what follows is the command's own input. */
async function readLine(): Promise<string> {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  while (await Deno.stdin.read(byte) === 1 && byte[0] !== "\n".charCodeAt(0)) bytes.push(byte[0]!);
  return new TextDecoder().decode(new Uint8Array(bytes));
}
