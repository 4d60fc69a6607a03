import assert from "node:assert/strict";

/** Protects: the server's process can do what it needs and nothing else (S46). */

const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url))) as {
  tasks: Record<string, string>;
};

Deno.test("S46 the server runs with permissions that name paths and variables, and starts no program", () => {
  const flags = [...tasks.start!.matchAll(/--(?:allow|deny|no)-[^\s"]+/g)].map(([flag]) => flag);
  const granted = (name: string) => flags.filter((flag) => flag.startsWith(`--allow-${name}`));

  assert.ok(flags.includes("--no-prompt"));
  assert.deepEqual(granted("run"), []);
  assert.deepEqual(granted("ffi"), []);
  assert.deepEqual(granted("all"), []);
  assert.match(
    tasks.start!,
    /"--allow-write=\$\(deno run --allow-env=DATA_DIR deploy\/scripts\/data_dir\.ts\)"/,
  );
  assert.ok(
    granted("env").filter((flag) => !flag.startsWith("--allow-env=DATA_DIR")).every((flag) =>
      flag.includes("=") && !flag.includes("=*")
    ),
  );
});

Deno.test("S46 with the server's permissions, writing outside the data folder and starting a program are refused", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "denizen-" });
  const flags = [
    ...tasks.start!.replaceAll(/\$\(deno run --allow-env=DATA_DIR [^)]*\)/g, folder).matchAll(
      /"(--[^"]+)"|(--\S+)/g,
    ),
  ]
    .map((flag) => flag[1] ?? flag[2]!).slice(0);
  const attempts: Record<string, string> = {
    "a file in the product's own folder": `await Deno.writeTextFile("src/stolen.ts", "x")`,
    "a file in /tmp": `await Deno.writeTextFile("/tmp/denizen-stolen", "x")`,
    "the passwords of the system": `await Deno.readTextFile("/etc/passwd")`,
    "a shell": `await new Deno.Command("sh").output()`,
    "a native library": `Deno.dlopen("libc.so.6", {})`,
    "a secret of another program": `Deno.env.get("AWS_SECRET_ACCESS_KEY")`,
  };
  const script = `${folder}/attempt.ts`;
  try {
    for (const [name, code] of Object.entries(attempts)) {
      await t.step(name, async () => {
        await Deno.writeTextFile(
          script,
          `try { ${code}; console.log("done") } catch (error) { console.log(error.name) }`,
        );
        const { stdout } = await new Deno.Command("deno", {
          args: ["run", "--no-config", ...flags, script],
          stdin: "null",
        }).output();
        assert.equal(new TextDecoder().decode(stdout).trim(), "NotCapable");
      });
    }
    await t.step("while the data folder can be written", async () => {
      await Deno.writeTextFile(
        script,
        `await Deno.writeTextFile("${folder}/kept", "x"); console.log("done")`,
      );
      const { stdout } = await new Deno.Command("deno", {
        args: ["run", "--no-config", ...flags, script],
        stdin: "null",
      }).output();
      assert.equal(new TextDecoder().decode(stdout).trim(), "done");
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
