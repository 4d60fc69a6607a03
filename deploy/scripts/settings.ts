/** `deno task settings`: writes the files that follow from the table of settings. */
import { denoConfig, envExample, readme, reference } from "./settings_text.ts";

const ROOT = new URL("../../", import.meta.url);

/** What each file should hold, from what it holds. */
export const GENERATED_FILES: Record<string, (current: string) => string> = {
  ".env.example": envExample,
  "README.md": readme,
  "docs/admin/configuration.md": reference,
  "deno.json": denoConfig,
};

if (import.meta.main) {
  for (const [path, generate] of Object.entries(GENERATED_FILES)) {
    const file = new URL(path, ROOT);
    await Deno.writeTextFile(file, generate(await Deno.readTextFile(file)));
  }
}
