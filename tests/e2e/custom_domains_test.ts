import assert from "node:assert/strict";
import { primaryDomain } from "../support/custom_domains.ts";
import { Zone } from "../support/sending_domains.ts";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/**
 * Protects: in a real browser, with its policies for forms and cookies, people sign in on the apex and come to the workspace's own
 * domain, with and without JavaScript.
 */

const DOMAIN = "app.acme.example";

Deno.test("a workspace at its own domain", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  await primaryDomain(Zone.of(world), acme, DOMAIN);
  const [apex, site] = [`http://${world.host()}`, `http://${DOMAIN}:${world.port}`];
  const browser = await launchBrowser([
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    `--unsafely-treat-insecure-origin-as-secure=${site}`, // as over HTTPS
  ]);
  try {
    for (const javaScriptEnabled of [true, false]) {
      await t.step(
        `opens at the page that was wanted, ${javaScriptEnabled ? "with" : "without"} JavaScript`,
        async () => {
          const { page, complaints, context } = await openWindow(browser, { javaScriptEnabled });

          await page.goto(`${site}/projects`);
          await page.waitForURL(`${apex}/login?*`);
          await page.fill("#email", acme.owner.email);
          await page.fill("#password", PASSWORD);
          await page.click("#login-button");
          await page.waitForURL(`${site}/projects`, { waitUntil: "commit" });
          await page.goto(`${apex}/workspaces`);
          await page.click(`form[action="/workspaces/${acme.tenant.id}/handoff"] button`);
          await page.waitForURL(`${site}/dashboard`, { waitUntil: "commit" });
          await page.goto(`${site}/login?notice=handoff`);
          await page.waitForURL(`${site}/dashboard`, { waitUntil: "commit" });
          const cookies = await context.cookies(site);

          assert.deepEqual(complaints, []);
          assert.ok(cookies.length > 0);
          for (
            const { domain, httpOnly, sameSite } of cookies.filter(({ name }) => name.includes("session"))
          ) {
            assert.deepEqual([domain, httpOnly, sameSite], [DOMAIN, true, "Lax"]);
          }
          await context.close();
        },
      );
    }

    await t.step(
      "the page after a sign-in that didn't arrive, and the page on the way, look right",
      async () => {
        const { page } = await openWindow(browser, { viewport: { width: 390, height: 800 } });
        await page.goto(`${site}/login?notice=handoff`);

        assert.ok(await page.getByRole("link", { name: "Continue to sign in" }).isVisible());
        assert.equal(await page.locator("input[type=password]").count(), 0);
      },
    );
  } finally {
    await browser.close();
  }
});
