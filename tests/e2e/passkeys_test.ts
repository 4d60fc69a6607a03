import assert from "node:assert/strict";
import type { CDPSession, Page } from "playwright-core";
import { PASSWORD, World } from "../support/world.ts";
import { launchBrowser, openWindow } from "./browser.ts";

/** Protects: passkeys work in a real browser, with Chromium's virtual authenticator in place of a fingerprint reader. */

Deno.test("a passkey, from adding it in a workspace to signing in with nothing else", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme Robotics");
  const { email } = acme.owner;
  const [apex, host] = [`http://${world.host()}`, `http://${world.host("acme")}`];
  const browser = await launchBrowser();
  try {
    const { page, complaints } = await openWindow(browser);
    const authenticator = await VirtualAuthenticator.plugIn(page);
    await signInByPassword(page, `${host}/login`, email);

    await t.step("a member adds one on the apex, and comes back", async () => {
      await page.goto(`${host}/account/security`);
      await page.click("a:has-text('Add a passkey')");
      await page.waitForURL(`${apex}/login?*`);
      await page.fill("#email", email);
      await page.fill("#password", PASSWORD);
      await page.click("#login-button");
      await page.waitForURL(/\/account\/security\/passkeys\/new/);
      assert.match(await page.inputValue("#factor-name"), /Chrom\w+ on Linux/);
      await page.fill("#factor-name", "Work laptop");
      await page.click("button:has-text('Create passkey')");
      await page.waitForSelector(".recovery-code");
      await page.click("a:has-text('saved my codes')");
      await page.waitForURL(`${host}/account/security`);

      assert.ok(await page.getByText("Work laptop").isVisible());
    });

    await t.step("the same device can't be added twice", async () => {
      await page.goto(`${apex}/account/security/passkeys/new`);
      await page.click("button:has-text('Create passkey')");
      await page.waitForSelector("[data-problem]:visible");

      assert.equal(
        await page.textContent("[data-problem]"),
        "This device already has a passkey for your account.",
      );
    });

    await t.step(
      "it opens the workspace without a password, at the page that the person wanted",
      async () => {
        await signOut(page, host);
        await page.goto(`${host}/projects`);
        await page.waitForURL(/\/login\?next=/);
        await page.click("a:has-text('Sign in with a passkey')");
        await page.waitForURL(`${apex}/login/passkey?*`);
        await page.click("#passkey-button");
        await page.waitForURL(`${host}/projects`);
      },
    );

    await t.step("after a password, it is the second step", async () => {
      await signOut(page, host);
      await signInByPassword(page, `${host}/login`, email);
      await page.waitForURL(`${host}/login/mfa`);
      await page.click("a:has-text('Sign in with a passkey')");
      await page.click("#passkey-button");
      await page.waitForURL(`${host}/dashboard`);
    });

    await t.step("on the apex, it confirms who one is before a change, and the change goes on", async () => {
      world.clock.advance(11 * 60_000);
      await page.goto(`${apex}/account/security`);
      await page.click("button:has-text('Get new codes')");
      await page.click("#step-up-passkey-button");
      await page.waitForSelector(".recovery-code");
    });

    await t.step("a person who cancels reads so, and can try again", async () => {
      await signOut(page, host);
      await page.goto(`${apex}/login/passkey`);
      await authenticator.verifies(false);
      await page.click("#passkey-button");
      await page.waitForSelector("[data-problem]:visible");
      assert.equal(await page.textContent("[data-problem]"), "No passkey was used. Try again.");
      await authenticator.verifies(true);
      await page.click("#passkey-button");
      await page.waitForURL(`${host}/dashboard`);
    });

    await t.step(
      "the email field offers it as soon as the sign-in page is open (conditional UI)",
      async () => {
        await signOut(page, host);
        await page.goto(`${apex}/login`);
        await page.waitForURL(`${host}/dashboard`);
      },
    );

    await t.step("S20 the browser signs the apex's challenge on no other origin", async () => {
      await signOut(page, host);
      await page.goto(`${apex}/login/passkey`);
      const challenge = await page.evaluate(fetchChallenge);
      const elsewhere = await page.context().newPage();
      await VirtualAuthenticator.plugIn(elsewhere, await authenticator.credentials());
      await elsewhere.goto(`${host}/login`);

      assert.match(await elsewhere.evaluate(signChallenge, challenge), /^SecurityError/);
    });

    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
});

/** A passkey as the browser's debugging protocol gives and takes it. */
type Credential = {
  credentialId: string;
  isResidentCredential: boolean;
  rpId?: string;
  privateKey: string;
  userHandle?: string;
  signCount: number;
};

/** A fingerprint reader in software, built into the browser. */
class VirtualAuthenticator {
  readonly #session: CDPSession;
  readonly #id: string;

  private constructor(session: CDPSession, id: string) {
    this.#session = session;
    this.#id = id;
  }

  static async plugIn(page: Page, credentials: Credential[] = []): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    for (const credential of credentials) {
      await session.send("WebAuthn.addCredential", { authenticatorId, credential });
    }
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Whether the reader recognizes the finger. */
  async verifies(isUserVerified: boolean): Promise<void> {
    await this.#session.send("WebAuthn.setUserVerified", { authenticatorId: this.#id, isUserVerified });
  }

  async credentials(): Promise<Credential[]> {
    const { credentials } = await this.#session.send("WebAuthn.getCredentials", {
      authenticatorId: this.#id,
    });
    return credentials;
  }
}

async function signInByPassword(page: Page, address: string, email: string): Promise<void> {
  await page.goto(address);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("#login-button");
  await page.waitForURL((url) => url.href !== address);
}

async function signOut(page: Page, host: string): Promise<void> {
  await page.goto(`${host}/dashboard`);
  await page.evaluate(() => fetch("/logout", { method: "POST", body: new URLSearchParams() }));
  await page.context().clearCookies();
}

/** These run in the page. */
async function fetchChallenge(): Promise<string> {
  const response = await fetch("/login/passkey/options", { method: "POST", body: new URLSearchParams() });
  return (await response.json()).challenge;
}

async function signChallenge(challenge: string): Promise<string> {
  const bytes = Uint8Array.from(
    atob(challenge.replace(/-/g, "+").replace(/_/g, "/")),
    (letter) => letter.charCodeAt(0),
  );
  try {
    const credential = await navigator.credentials.get({
      publicKey: { challenge: bytes, rpId: "localhost", userVerification: "required" },
    });
    return JSON.stringify(credential);
  } catch (error) {
    return String(error);
  }
}
