/**
 * Writes the API's OpenAPI document to docs/api/openapi.json, and the types of the TypeScript client from it. Refuses a change
 * that breaks clients, unless `--breaking` says that it is meant.
 */
import openapiTS, { astToString } from "openapi-typescript";
import { openApiDocument } from "../../routes/api/api.ts";
import { findBreakingChanges, type OpenApi } from "./breaking_changes.ts";

const ROOT = new URL("../../", import.meta.url);
export const SNAPSHOT = new URL("docs/api/openapi.json", ROOT);
export const CLIENT_TYPES = new URL("clients/typescript/src/schema.ts", ROOT);

/** The origin in the committed document. A server's own document names its own. */
const ORIGIN = "https://app.example.com";
const HEADING = "// Made by `deno task openapi` from docs/api/openapi.json. Don't edit it.\n";

/** The text of the document as it is committed. */
export function snapshotText(): string {
  return JSON.stringify(openApiDocument(ORIGIN), null, 2) + "\n";
}

/** The text of the client's types as it is committed. */
export async function clientTypesText(document: string): Promise<string> {
  const nodes = await openapiTS(document, { alphabetize: true, immutable: true });
  return HEADING + astToString(nodes);
}

if (import.meta.main) await update(Deno.args.includes("--breaking"));

async function update(mayBreak: boolean): Promise<void> {
  const text = snapshotText();
  const broken = findBreakingChanges(await readSnapshot(), JSON.parse(text));
  for (const change of broken) print(`breaks clients: ${change}`);
  if (broken.length > 0 && !mayBreak) {
    print("Nothing was written. If the API is meant to break its clients, add --breaking.");
    Deno.exit(1);
  }
  await Deno.writeTextFile(SNAPSHOT, text);
  await Deno.writeTextFile(CLIENT_TYPES, await clientTypesText(text));
  print(`OpenAPI: ${broken.length} breaking changes`);
}

async function readSnapshot(): Promise<OpenApi> {
  try {
    return JSON.parse(await Deno.readTextFile(SNAPSHOT));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
