import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { createMember } from "../../src/identity/new_members.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import { emailedToken } from "../support/emailed_links.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";
import { openWindow } from "./browser.ts";
import { inBrowser } from "./steps.ts";

/** Protects: a new person's first minutes, with a mouse or a keyboard, with and without JavaScript. */

const MOST_TABS = 40;

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  Deno.test(`${how} JavaScript, a visitor signs up with a taken and a bad address, and sees all errors at once`, async () => {
    await using world = await World.open();
    await world.company("acme");
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      await page.goto(`http://${world.host()}/signup`);

      await page.fill("#subdomain", "acme");
      await page.fill("#email", "ada@");
      await page.fill("#password", "short");
      await page.click("#signup-button");
      await page.waitForSelector("#password-error");

      assert.equal(await page.textContent("#company-name-error"), "Enter your company name.");
      assert.equal(await page.textContent("#subdomain-error"), "This address is taken. Try acme-hq.");
      assert.equal(await page.textContent("#name-error"), "Enter your name.");
      assert.match((await page.textContent("#email-error"))!, /^Enter a full email address/);
      assert.equal(await page.textContent("#password-error"), "Use at least 12 characters.");
      assert.equal(await focused(page), "company-name");
      await page.fill("#company-name", "Acme Robotics");
      await page.fill("#subdomain", "acme-hq");
      await page.fill("#name", "Ada Okafor");
      await page.fill("#email", "ada@acme.example");
      await page.fill("#password", PASSWORD);
      await page.click("#signup-button");
      await page.waitForURL(/acme-hq\.localhost:\d+\/dashboard$/);

      assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
      assert.deepEqual(complaints, []);
    });
  });

  Deno.test(`${how} JavaScript, a keyboard is enough from the landing page to a saved project`, async () => {
    await using world = await World.open();
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });
      await page.goto(`http://${world.host()}/`);

      await tabTo(page, "Create your workspace");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/signup$/);
      await page.waitForFunction(() => document.activeElement?.id === "company-name");
      await page.keyboard.type("Łódź Outdoor");
      await tabTo(page, "subdomain");
      if (!javaScriptEnabled) await page.keyboard.type("lodz-outdoor");
      await page.waitForFunction(() =>
        (document.querySelector("#subdomain") as HTMLInputElement).value === "lodz-outdoor"
      );
      for (const [field, value] of [["name", "Ada"], ["email", "ada@lodz.example"], ["password", PASSWORD]]) {
        await tabTo(page, field!);
        await page.keyboard.type(value!);
      }
      await tabTo(page, "signup-button");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/dashboard$/);
      await tabTo(page, "New project");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement?.id === "project-name");
      await page.keyboard.type("Spring collection");
      await page.keyboard.press("Enter");
      await page.waitForSelector("text=Spring collection");

      assert.match(page.url(), /lodz-outdoor\.localhost:\d+\/projects/);
      assert.deepEqual(complaints, []);
    });
  });

  Deno.test(`${how} JavaScript, an invited person sets a password and is in the workspace`, async () => {
    await using world = await World.open();
    await using worker = await startWorker(world, "kv");
    const { tenant, ctx } = await world.company("acme", "Acme Robotics");
    const inviter = await openTenant({ ...world.system, actor: ctx.actor }, tenant.id);
    const person = { email: "ben@acme.example", name: "Ben Vogel", role: "member" } as const;
    await createMember(inviter, person, { invite: true });
    await worker.idle();
    const token = await emailedToken(world, "invitation", person.email);
    await inBrowser(async (browser) => {
      const { page, complaints } = await openWindow(browser, { javaScriptEnabled });

      await page.goto(`http://${world.host()}/reset-password?token=${token}`);
      await page.fill("#password", PASSWORD);
      await page.click("button:has-text('Save and continue')");
      await page.waitForURL(/acme\.localhost:\d+\/dashboard$/);

      assert.equal(await page.textContent(".tenant-name"), "Acme Robotics");
      await page.waitForSelector("text=You're signed in");
      assert.deepEqual(complaints, []);
    });
  });
}

Deno.test("the sign-up form checks the address while someone types, and replaces no address of theirs", async () => {
  await using world = await World.open();
  await world.company("acme");
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    await page.goto(`http://${world.host()}/signup`);
    const status = page.locator("#subdomain-status");
    const address = page.locator("#subdomain");

    await page.locator("#company-name").pressSequentially("Acme");
    await status.getByText("acme-hq.localhost").waitFor();
    assert.equal(await address.inputValue(), "acme-hq");
    await address.fill("acme");
    await status.getByText("This address is taken.").waitFor();
    assert.equal(await address.getAttribute("aria-invalid"), "true");
    await page.fill("#company-name", "Acme Robotics");
    await page.waitForResponse(/company_name=Acme\+Robotics/);
    assert.equal(await address.inputValue(), "acme");
    await status.getByRole("button", { name: "Use acme-hq" }).click();
    await status.getByText("is available.").waitFor();

    assert.equal(await address.inputValue(), "acme-hq");
    assert.equal(await address.getAttribute("aria-invalid"), "false");
    assert.equal(await focused(page), "subdomain");
    assert.deepEqual(complaints, []);
  });
});

Deno.test("a password can be shown, its strength is rated while typing, and it never leaves the page before it is sent", async () => {
  await using world = await World.open();
  await inBrowser(async (browser) => {
    const { page, complaints } = await openWindow(browser);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url() + (request.postData() ?? "")));
    await page.goto(`http://${world.host()}/signup`);
    const [password, note] = [page.locator("#password"), page.locator("#password-hint")];
    const rate = async (text: string) => {
      await password.fill(text);
      return await note.textContent();
    };

    const before = await note.textContent();
    const notes = [
      await rate("short"),
      await rate("password1234"),
      await rate("x7#Kq!mZ2pLw"),
      await rate(PASSWORD),
      await rate(`${PASSWORD} staple`),
    ];
    await page.getByRole("button", { name: "Show password" }).click();
    const shown = await password.getAttribute("type");
    await page.getByRole("button", { name: "Hide password" }).click();

    assert.match(before!, /^At least 12 characters/);
    assert.deepEqual(notes.map((text) => text!.split(/[ .]/, 1)[0]), [
      "At",
      "Easy",
      "Fair",
      "Good",
      "Strong",
    ]);
    assert.deepEqual([shown, await password.getAttribute("type")], ["text", "password"]);
    assert.equal(requests.some((sent) => /horse|password1234/.test(sent)), false);
    assert.deepEqual(complaints, []);
  });
});

/** Presses Tab until the element with this id or text has the focus. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let count = 0; count < MOST_TABS; count++) {
    await page.keyboard.press("Tab");
    if (await focused(page) === wanted) return;
  }
  assert.fail(`Tab doesn't reach "${wanted}"`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement!.id || document.activeElement!.textContent!.trim());
}
