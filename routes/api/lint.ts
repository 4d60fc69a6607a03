/** Lints the OpenAPI document for `deno task check`. */
import { createConfig, lintFromString, type RawUniversalConfig } from "@redocly/openapi-core";
import { openApiDocument } from "./api.ts";

const RULES: RawUniversalConfig = { extends: ["recommended"], rules: { "info-license": "off" } };

const source = JSON.stringify(openApiDocument("https://app.denizen.test"));
const problems = await lintFromString({
  source,
  config: await createConfig(RULES),
});

for (const { ruleId, message, location } of problems) {
  print(`${ruleId}: ${message} (${location[0]?.pointer ?? ""})`);
}
print(`OpenAPI: ${problems.length} problems`);
if (problems.length > 0) Deno.exit(1);

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
