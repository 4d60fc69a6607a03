import assert from "node:assert/strict";
import { findSuppression } from "../../src/email/suppression.ts";
import { contactOf, report, SECRET, SETTINGS, ZOE } from "../support/bounces.ts";
import { blocksOf } from "../support/guide_blocks.ts";
import { isInstalled, runScript } from "../support/shell_script.ts";
import { World } from "../support/world.ts";

/** Protects: a mail server that is configured as the guide says reports bounces. */

Deno.test({
  name: "the mail server's program in the guide reports a bounce, and its tables take the addresses",
  ignore: !await isInstalled("curl") || !await isInstalled("openssl"),
  async fn() {
    await using world = await World.open(SETTINGS);
    const { acme, address } = await contactOf(world);
    const guide = "docs/admin/sending-domains.md";
    const [program] = (await blocksOf(guide, "sh")).filter((code) => code.startsWith("#!/bin/sh"));
    const [tables] = await blocksOf(guide, "postfix");
    const [, host, transport, recipient] =
      /bounce_hosts +\/(.+?)\/ [^]*bounce_transport +\/(.+?)\/ [^]*bounce_recipients +\/(.+?)\/ /
        .exec(tables!)!;
    const email = await Deno.makeTempFile({ dir: "/tmp" });
    await Deno.writeTextFile(email, report(address));
    const seconds = Math.floor(world.clock.now().getTime() / 1_000);

    const run = (SECRET: string) =>
      runScript(`date() { echo ${seconds}; }\n(${program}\necho "answer $status") < ${email}`, {
        SECRET,
        APP_URL: `http://${world.host()}`,
      });
    const [forged, taken] = [await run(`whsec_${btoa("another secret of enough bytes")}`), await run(SECRET)];
    await Deno.remove(email);

    assert.deepEqual([forged.success, forged.text], [true, "answer 400\n"]);
    assert.deepEqual([taken.success, taken.text], [true, "answer 200\n"]);
    assert.equal(await findSuppression(world.system, ZOE, acme.tenant.id), "bounce");
    for (const pattern of [transport, recipient]) assert.match(address, new RegExp(pattern!));
    assert.match(address.split("@")[1]!, new RegExp(host!));
  },
});
