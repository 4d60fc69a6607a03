import postgres from "postgres";

/** Whether this machine has pg_dump and pg_restore for a server: an older pg_dump refuses a newer server. */
export async function hasPostgresPrograms(serverUrl: string): Promise<boolean> {
  const { success, stdout } = await shell("pg_dump --version && pg_restore --version");
  const [, version] = /\(PostgreSQL\) (\d+)/.exec(stdout) ?? [];
  return success && Number(version) >= await majorVersion(serverUrl);
}

async function majorVersion(serverUrl: string): Promise<number> {
  const server = postgres(serverUrl, { max: 1 });
  try {
    const [row] = await server`select current_setting('server_version_num')::int / 10000 as major`;
    return row!.major;
  } finally {
    await server.end();
  }
}

/** Runs a line in a shell. Tests may run only Deno, so another process does it. */
export async function shell(line: string): Promise<{ success: boolean; stdout: string }> {
  const { success, stdout } = await denoShell(line).output();
  return { success, stdout: new TextDecoder().decode(stdout) };
}

/** The same with a standard input to write to. */
export function spawnShell(line: string): Deno.ChildProcess {
  return denoShell(line, { stdin: "piped", stdout: "piped" }).spawn();
}

function denoShell(line: string, streams: Pick<Deno.CommandOptions, "stdin" | "stdout"> = {}): Deno.Command {
  const script = `const { code } = await new Deno.Command("sh", { args: ["-c", ${
    JSON.stringify(line)
  }] }).spawn().status;
    Deno.exit(code);`;
  return new Deno.Command("deno", { args: ["eval", script], ...streams });
}
