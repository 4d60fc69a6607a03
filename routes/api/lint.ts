/** Checks the API's description as `deno task check` does: a document that tools can read without a warning. */
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { openApiDocument } from "./api.ts";

const RULES = { extends: ["recommended"], rules: { "info-license": "off", "no-server-example.com": "off" } } as const;

const source = JSON.stringify(openApiDocument("https://api.example.com"));
const problems = await lintFromString({ source, config: await createConfig(RULES as Parameters<typeof createConfig>[0]) });

for (const { ruleId, message, location } of problems) print(`${ruleId}: ${message} (${location[0]?.pointer ?? ""})`);
print(`OpenAPI: ${problems.length} problems`);
if (problems.length > 0) Deno.exit(1);

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
