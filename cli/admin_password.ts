import { readAdminPasswordVariable } from "../src/config.ts";
import { UsageError } from "./options.ts";
import { printWarning } from "./output.ts";

const MAX_LINE_BYTES = 4_096;
const FROM_STANDARD_INPUT = "-";

/**
 * The administrator's password from standard input, the command line or `ADMIN_PASSWORD`, in that order. Undefined if
 * there is none. Throws `UsageError` if standard input is empty.
 */
export async function readAdminPassword(
  { adminPassword, adminPasswordStdin }: { adminPassword?: string; adminPasswordStdin?: true },
): Promise<string | undefined> {
  if (adminPasswordStdin || adminPassword === FROM_STANDARD_INPUT) return await readLine();
  if (adminPassword === undefined) return readAdminPasswordVariable();
  printWarning(
    "Other users of this machine can see --admin-password, and your shell may save it in its history. " +
      "Use --admin-password-stdin or set ADMIN_PASSWORD instead.",
  );
  return adminPassword;
}

/** The first line of standard input, without its line ending. */
async function readLine(): Promise<string> {
  const bytes: number[] = [];
  const byte = new Uint8Array(1);
  while (
    bytes.length < MAX_LINE_BYTES && await Deno.stdin.read(byte) === 1 && byte[0] !== "\n".charCodeAt(0)
  ) {
    bytes.push(byte[0]!);
  }
  const line = new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
  if (line === "") throw new UsageError(["Standard input contains no password. Pass it as one line."]);
  return line;
}
