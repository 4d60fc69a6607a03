import assert from "node:assert/strict";
import { findUserByEmail } from "../../src/identity/users.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: users sign up and confirm their email in a real browser, with and without JavaScript. */

const OWN_PASSWORD = "the owner's own password";

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`S48 ${how} JavaScript, a user takes over an account that a stranger opened with their address`, async () => {
    await using world = await World.open();
    await using worker = await startWorker(world, "kv");
    await world.unconfirmedUser("ada@acme.example");
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });

      await fillSignUp(page, world, { email: "ada@acme.example", password: OWN_PASSWORD });
      await page.waitForURL(/\/signup\/check-email$/);
      await worker.idle();
      const [email] = await world.emails("ada@acme.example");
      await page.goto(email!.links.find((link) => link.includes("token="))!);
      await page.click("a:has-text('Choose a new one')");
      await page.fill("#password", OWN_PASSWORD);
      await page.click("#verify-button");
      await page.waitForSelector("text=Email confirmed and password saved");

      const user = await findUserByEmail(world.system.control, "ada@acme.example");
      assert.ok(user!.emailVerifiedAt);
      assert.deepEqual(complaints, []);
    });
  });

  Deno.test(`${how} JavaScript, SIGN_UP=verified asks for the emailed code and then opens the workspace`, async () => {
    await using world = await World.open({ SIGN_UP: "verified" });
    await using worker = await startWorker(world, "kv");
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });

      await fillSignUp(page, world, { email: "ada@acme.example", password: PASSWORD });
      await page.waitForURL(/\/signup\/code$/);
      await worker.idle();
      const code = /\b\d{6}\b/.exec((await world.emails())[0]!.text)![0];
      await page.fill("#code", "wrong");
      await page.click("#code-button");
      await page.waitForSelector("#code-error");
      await page.fill("#code", code);
      await page.click("#code-button");
      await page.waitForURL(/acme\.localhost:\d+\/dashboard$/);

      assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
      assert.deepEqual(complaints, []);
    });
  });
}

Deno.test("addresses that <input type=email> accepts work, with internationalized domains in both spellings", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page } = await openWindow(browser);

    await fillSignUp(page, world, { email: "o&m=a/b@почта.рф", password: PASSWORD });
    await page.waitForURL(/\/dashboard$/);

    const user = await findUserByEmail(world.system.control, "o&m=a/b@xn--80a1acny.xn--p1ai");
    assert.ok(user);
    const body = { email: "O&M=a/b@почта.рф", password: PASSWORD };
    assert.equal((await world.api("POST", "/auth/login", { body })).status, 200);
  });
});

async function fillSignUp(
  page: Awaited<ReturnType<typeof openWindow>>["page"],
  world: World,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await page.goto(`http://${world.host()}/signup`);
  await page.fill("#company-name", "Acme Robotics");
  await page.fill("#subdomain", "acme");
  await page.fill("#name", "Ada Okafor");
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("#signup-button");
}
