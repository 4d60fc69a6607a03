import { readAdminPasswordVariable } from "../src/config.ts";
import { WrongUse } from "./options.ts";
import { printWarning } from "./output.ts";

const MAX_LINE_BYTES = 4_096;
const FROM_STANDARD_INPUT = "-";

/**
 * The administrator's password: from standard input where the options say so, else from the command line, else from
 * `ADMIN_PASSWORD`. Undefined where none is given. Throws `WrongUse` when standard input holds none.
 */
export async function readAdminPassword(
  { adminPassword, adminPasswordStdin }: { adminPassword?: string; adminPasswordStdin?: true },
): Promise<string | undefined> {
  if (adminPasswordStdin || adminPassword === FROM_STANDARD_INPUT) return await readLine();
  if (adminPassword === undefined) return readAdminPasswordVariable();
  printWarning(
    "Other users of this machine can see --admin-password, and your shell may keep it in its history. " +
      "Use --admin-password-stdin or the variable ADMIN_PASSWORD.",
  );
  return adminPassword;
}

/** The first line of standard input, without its end. */
async function readLine(): Promise<string> {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  while (
    bytes.length < MAX_LINE_BYTES && await Deno.stdin.read(byte) === 1 && byte[0] !== "\n".charCodeAt(0)
  ) {
    bytes.push(byte[0]!);
  }
  const line = new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
  if (line === "") throw new WrongUse(["Standard input holds no password. Write it there as one line."]);
  return line;
}
