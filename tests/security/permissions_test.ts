import assert from "node:assert/strict";
import { commandsOf } from "../support/deno_config.ts";

/** Protects: the server process has only the permissions that it needs (S46). */

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("S46 the server's permissions forbid writing outside the data folder and starting programs", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const attempts: Record<string, string> = {
    "a file in the product's own folder": `await Deno.writeTextFile("src/stolen.ts", "x")`,
    "a file in /tmp": `await Deno.writeTextFile("/tmp/denizen-stolen", "x")`,
    "the passwords of the system": `await Deno.readTextFile("/etc/passwd")`,
    "a shell": `await new Deno.Command("sh").output()`,
    "a native library": `Deno.dlopen("libc.so.6", {})`,
    "the name of the machine": `Deno.hostname()`,
  };
  try {
    for (const [name, code] of Object.entries(attempts)) {
      await t.step(name, async () => {
        const script = `try { ${code}; console.log("done") } catch (error) { console.log(error.name) }`;

        assert.equal(await outputOf(script, folder), "NotCapable");
      });
    }

    await t.step("another program's secret looks unset", async () => {
      const script = `console.log(
        Deno.env.get("AWS_SECRET_ACCESS_KEY"),
        process.env.AWS_SECRET_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY" in Deno.env.toObject(),
        Deno.env.get("PORT"),
      )`;
      const variables = { AWS_SECRET_ACCESS_KEY: "stolen", PORT: "8001" };

      assert.equal(await outputOf(script, folder, variables), "undefined undefined false 8001");
    });

    await t.step("the data folder is writable", async () => {
      const script = `await Deno.writeTextFile("${folder}/kept", "x"); console.log("done")`;

      assert.equal(await outputOf(script, folder), "done");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The output of a script with the server's permissions and `folder` as its data folder. */
async function outputOf(script: string, folder: string, env: Record<string, string> = {}): Promise<string> {
  const file = `${folder}/attempt.ts`;
  await Deno.writeTextFile(file, script);
  const command = commandsOf("start").at(-1)!.replaceAll("$FOLDER", folder).replaceAll('"', "");
  const args = command.replace("deno run", "run --config deno.json").replace("src/main.ts", file).split(" ");
  const { stdout } = await new Deno.Command("deno", { args, cwd: ROOT, env, stdin: "null" }).output();
  return new TextDecoder().decode(stdout).trim();
}
