import assert from "node:assert/strict";
import { startEmbedded } from "../../db/embedded/embedded.ts";
import { newDataFolder } from "../support/database.ts";
import { hasTerminals, inTerminal } from "../support/terminal.ts";

/** Protects: in a terminal, every command that takes long shows how far it is, and `--json` keeps it silent. */

const SHOWN = /[█░] [\d,]+ of [\d,]+ (schemas|rows|MB), .*\/s, \d+ s left/;

Deno.test({ name: "progress in a terminal", ignore: !await hasTerminals() }, async (t) => {
  const folder = await newDataFolder();
  const show = (args: string) => inTerminal("admin", { DATA_DIR: folder }, args);
  // As beside a running server, so that each command finds the database open.
  const embedded = await startEmbedded(folder);
  try {
    await show("tenants create Acme acme --owner-email ada@acme.example");

    for (
      const [command, args] of [
        ["tenants export", `acme ${folder}/acme.tar.gz`],
        ["tenants import", `${folder}/acme.tar.gz --subdomain copy`],
        ["db backup", `${folder}/monday.backup`],
        ["db restore", `--drill ${folder}/monday.backup`],
      ]
    ) {
      await t.step(command!, async () => assert.match(await show(`${command} ${args}`), SHOWN));
    }

    await t.step("nothing with --json", async () => {
      const args = `tenants export acme ${folder}/again.tar.gz --json`;
      const shown = await show(args);

      assert.ok(JSON.parse(shown).rows > 0, shown);
    });
  } finally {
    await embedded.close();
    await Deno.remove(folder, { recursive: true });
  }
});
