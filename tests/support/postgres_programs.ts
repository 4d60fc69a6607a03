/** Whether pg_dump and pg_restore are installed on this machine. */
export async function hasPostgresPrograms(): Promise<boolean> {
  const { success } = await shell("pg_dump --version && pg_restore --version");
  return success;
}

/** Runs a line in a shell. Tests may run only Deno, so another process does it. */
export async function shell(line: string): Promise<{ success: boolean; stdout: string }> {
  const script = `const { code } = await new Deno.Command("sh", { args: ["-c", ${
    JSON.stringify(line)
  }] }).spawn().status;
    Deno.exit(code);`;
  const { success, stdout } = await new Deno.Command("deno", { args: ["eval", script] }).output();
  return { success, stdout: new TextDecoder().decode(stdout) };
}
