/** Lints the OpenAPI document for `deno task check`. Any problem, even a hint, fails. */
import type { RulesetDefinition } from "@stoplight/spectral-core";
import process from "node:process";
import { openApiDocument } from "./api.ts";

// Spectral loads remote references with node-fetch 2, which depends on Node's deprecated module `punycode`. Nothing here is remote.
process.noDeprecation = true;
const { default: { Spectral } } = await import("@stoplight/spectral-core");
const { oas } = await import("@stoplight/spectral-rulesets");

const linter = new Spectral();
linter.setRuleset({
  extends: [[oas as RulesetDefinition, "all"]],
  // The operator of an installation decides about license and contact.
  rules: { "info-license": "off", "license-url": "off", "contact-properties": "off" },
});
const problems = await linter.run(JSON.parse(JSON.stringify(openApiDocument("https://app.denizen.test"))));

for (const { code, message, path } of problems) print(`${code}: ${message} (${path.join("/")})`);
print(`OpenAPI: ${problems.length} problems`);
if (problems.length > 0) Deno.exit(1);

function print(line: string) {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}
