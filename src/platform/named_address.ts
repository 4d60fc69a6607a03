import { z } from "zod";
import { problem } from "./problem.ts";
import { emailAddress, singleLine } from "./text.ts";

const NAME_MISSING = problem("address_name_missing", "Enter a name.");

/** An email address and its owner's name, which may be empty. */
export type NamedAddress = { name: string; address: string };

const MAX_NAME_LENGTH = 100;
const FORM = /^(?:"([^"\\]*)"|([^<>"]*))\s*<([^<>]+)>$/;

/** An address such as `Acme <no-reply@acme.example>`, or without a name. */
export const namedAddress: z.ZodType<NamedAddress, string> = z.string().transform((text, problems) => {
  const [, quotedName, plainName, bracketed] = FORM.exec(text.trim()) ?? [];
  const address = emailAddress.safeParse(bracketed ?? text);
  const name = (quotedName ?? plainName ?? "").trim();
  if (address.success && (name === "" || isName(name))) return { name, address: address.data };
  problems.addIssue("must be an address such as no-reply@example.com, or Name <no-reply@example.com>");
  return z.NEVER;
});

function isName(text: string): boolean {
  return singleLine(MAX_NAME_LENGTH, NAME_MISSING).safeParse(text).success;
}
