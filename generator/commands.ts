import { Refusal } from "./refusal.ts";

/** The project's folder. */
export const ROOT = new URL("../", import.meta.url);

/** Runs a command of the generator. A `Refusal` ends it with its message and exit code 2. */
export async function runCommand(command: () => Promise<readonly string[]>): Promise<void> {
  try {
    for (const line of await command()) print(Deno.stdout, line);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    print(Deno.stderr, error.message);
    Deno.exit(2);
  }
}

function print(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  stream.writeSync(new TextEncoder().encode(`${line}\n`));
}
