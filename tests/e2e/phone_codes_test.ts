import assert from "node:assert/strict";
import { startWorker } from "../support/jobs.ts";
import { addPhone, textedCode } from "../support/phones.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: a person with two phones resets the password with a texted code, and with JavaScript keeps what they typed. */

const NUMBERS = ["+15550123456", "+4915112345678"] as const;
const NEW_PASSWORD = "orbit velvet cactus lantern";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`a password is reset with a code to the chosen phone, ${how} JavaScript`, async () => {
    await using world = await World.open();
    await using worker = await startWorker(world, "kv");
    const { owner } = await world.company("acme", "Acme Robotics");
    const host = `http://${world.host("acme")}`;
    const account = world.browser();
    await account.post(`${host}/login`, { email: owner.email, password: PASSWORD });
    for (const number of NUMBERS) await addPhone(world, worker, account, { host, number });
    const link = await world.passwordLink(owner);
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      await page.goto(link);

      if (javaScriptEnabled) await page.fill("#password", NEW_PASSWORD);
      await page.getByRole("button", { name: "Text a code to Phone •••• 56" }).click();
      await page.getByText("We texted you a code.").first().waitFor();
      if (!javaScriptEnabled) await page.fill("#password", NEW_PASSWORD);
      await page.fill("#code", await textedCode(world, worker, NUMBERS[0]));
      await page.getByRole("button", { name: "Save password" }).click();
      await page.waitForURL(`${host}/dashboard`);

      assert.deepEqual(complaints, []);
    });
  });
}
