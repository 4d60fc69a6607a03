import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { MINUTE } from "../../src/platform/clock.ts";
import type { Page } from "../support/browser.ts";
import { askOptions, type Deviation, Passkey } from "../support/passkey.ts";
import { World } from "../support/world.ts";

/** Protects: a passkey proves its owner to this installation, once, in the browser that asked (S20). */

const REFUSED = /This passkey didn(&#39;|')t work/;
const EXPIRED = /That took too long/;

Deno.test("S20 an answer for another site, or from a copied key, signs nobody in", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const other = await world.company("globex");
  const owner = await world.signedInBrowser(acme.owner.email);
  const passkey = await Passkey.create(world);
  passkey.counter = 5;
  assert.equal((await passkey.add(owner)).status, 200);
  const port = new URL(`http://${world.host()}`).port;
  const cases: Record<string, Deviation> = {
    "another origin": { counter: 6, origin: "https://evil.example" },
    "the origin of a workspace": { counter: 6, origin: `http://${world.host("acme")}` },
    "the apex with another port": { counter: 6, origin: `http://localhost:${Number(port) + 1}` },
    "another relying party": { counter: 6, rpId: "evil.example" },
    "the relying party of a workspace": { counter: 6, rpId: "acme.localhost" },
    "a counter that stands still": { counter: 5 },
    "a counter that goes back": { counter: 4 },
    "a counter that goes back to 0": { counter: 0 },
    "an authenticator that didn't check its owner": { counter: 6, isVerified: false },
    "another person's user handle": {
      counter: 6,
      userHandle: btoa(other.owner.id).replaceAll("=", ""),
    },
  };

  for (const [name, deviation] of Object.entries(cases)) {
    await t.step(name, async () => {
      const browser = world.browser();

      const page = await passkey.signIn(browser, deviation);

      assert.equal(page.status, 422);
      assert.match(page.text, REFUSED);
      assert.equal(isSignedIn(browser, world), false);
    });
  }

  await t.step("another signature", async () => {
    const browser = world.browser();
    const options = await askOptions(world, browser, "/login/passkey/options");
    const [answer, forged] = [await passkey.answer(options, { counter: 9 }), await passkey.answer(options)];
    const mixed = { ...answer, response: { ...answer.response, signature: forged.response.signature } };

    const page = await send(world, browser, mixed);

    assert.equal(page.status, 422);
    assert.equal(isSignedIn(browser, world), false);
  });

  await t.step("the honest answer works, also with a counter that goes up", async () => {
    const browser = world.browser();

    await passkey.signIn(browser, { counter: 6 });

    assert.equal(isSignedIn(browser, world), true);
  });
});

Deno.test("S20 a challenge works once, for ten minutes, for its purpose, in its browser", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const owner = await world.signedInBrowser(acme.owner.email);
  const passkey = await Passkey.create(world);
  await passkey.add(owner);
  const fresh = async (browser = world.browser()) => {
    const options = await askOptions(world, browser, "/login/passkey/options");
    return { browser, answer: await passkey.answer(options) };
  };
  const refuses = async (browser: ReturnType<World["browser"]>, answer: unknown) => {
    const page = await send(world, browser, answer);
    assert.equal(page.status, 422);
    assert.match(page.text, EXPIRED);
    assert.equal(isSignedIn(browser, world), false);
  };

  await t.step("a used challenge", async () => {
    const { browser, answer } = await fresh();
    await send(world, browser, answer);
    await browser.post(`http://${world.host()}/logout`);

    await refuses(browser, answer);
  });

  await t.step("a challenge whose answer was refused", async () => {
    const browser = world.browser();
    const options = await askOptions(world, browser, "/login/passkey/options");
    await send(world, browser, await passkey.answer(options, { origin: "https://evil.example" }));

    await refuses(browser, await passkey.answer(options));
  });

  await t.step("of ten requests with one answer, one signs in", async () => {
    const { browser, answer } = await fresh();
    const pages = await Promise.all(
      Array.from({ length: 10 }, () => send(world, copyOf(world, browser), answer)),
    );

    assert.equal(pages.filter(({ status }) => status === 422).length, 9);
  });

  await t.step("an answer in another browser, which has its own challenge", async () => {
    const { answer } = await fresh();
    const { browser: victim } = await fresh();

    await refuses(victim, answer);
    await refuses(world.browser(), answer);
  });

  await t.step("an answer after ten minutes", async () => {
    const { browser, answer } = await fresh();
    world.clock.advance(10 * MINUTE);

    await refuses(browser, answer);
  });

  await t.step("a challenge that was never made", async () => {
    const browser = world.browser();
    await fresh(browser);

    await refuses(browser, await passkey.answer({ challenge: btoa("made up").replaceAll("=", "") }));
  });

  await t.step("the challenge of a confirmation, at sign-in", async () => {
    const browser = await signedIn(world, passkey);
    const options = await askOptions(world, browser, "/reauthenticate/passkey/options");
    await browser.post(`http://${world.host()}/logout`);

    await refuses(browser, await passkey.answer(options));
  });
});

Deno.test("S20 a passkey that was made for another site, or without checking its owner, isn't added", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  const owner = await world.signedInBrowser(acme.owner.email);
  const cases: Record<string, Deviation> = {
    "another origin": { origin: "https://evil.example" },
    "another relying party": { rpId: "evil.example" },
    "an authenticator that didn't check its owner": { isVerified: false },
    "a challenge that was never made": { challenge: btoa("made up").replaceAll("=", "") },
  };

  for (const [name, deviation] of Object.entries(cases)) {
    await t.step(name, async () => {
      const passkey = await Passkey.create(world);

      const page = await passkey.add(owner, "Key", deviation);
      const list = await owner.get(`http://${world.host()}/account/security`);

      assert.equal(page.status, 422);
      assert.match(page.text, /value="Key"/);
      assert.doesNotMatch(list.text, /Recovery codes/);
    });
  }
});

Deno.test("S20 nonsense in place of a passkey is refused like a form with an error", async () => {
  await using world = await World.open();
  await world.company("acme");
  const browser = world.browser();
  const junk = ["", "{", "null", "[]", '"text"', '{"id":"a"}', "x".repeat(9000)];
  const shaped = (clientDataJSON: string) =>
    JSON.stringify({
      id: "a",
      rawId: "a",
      type: "public-key",
      response: { clientDataJSON, authenticatorData: "a", signature: "a" },
    });

  for (const credential of [...junk, shaped(""), shaped("%%%"), shaped(btoa("[]")), shaped(btoa("null"))]) {
    const page = await browser.post(`http://${world.host()}/login/passkey`, { credential });
    assert.equal(page.status, 422, credential.slice(0, 50));
  }
});

Deno.test("S20 only the person's own passkey confirms who they are, and a copied key is in the security log", async () => {
  await using world = await World.open();
  const [acme, globex] = [await world.company("acme"), await world.company("globex")];
  const [mine, theirs] = [await Passkey.create(world), await Passkey.create(world)];
  const owner = await world.signedInBrowser(acme.owner.email);
  const stranger = await world.signedInBrowser(globex.owner.email);
  mine.counter = 7;
  await mine.add(owner);
  await theirs.add(stranger);
  world.clock.advance(11 * MINUTE);
  const confirm = async (passkey: Passkey, deviation: Deviation = {}) => {
    const options = await askOptions(world, owner, "/reauthenticate/passkey/options");
    const step_up_passkey = JSON.stringify(await passkey.answer(options, deviation));
    return await owner.post(`http://${world.host()}/reauthenticate`, {
      step_up: "passkey",
      step_up_passkey,
      next: "/account/security",
    });
  };

  const foreign = await confirm(theirs);
  const logged = await withSecurityLog(() => confirm(mine, { counter: 3 }));
  const confirmed = await confirm(mine, { counter: 8 });

  assert.equal(foreign.status, 422);
  assert.equal(logged.result.status, 422);
  assert.ok(logged.lines.some((line) => line.includes("the counter went from 7 to 3")));
  assert.match(confirmed.url, /\/account\/security$/);
});

function send(world: World, browser: ReturnType<World["browser"]>, answer: unknown): Promise<Page> {
  return browser.post(`http://${world.host()}/login/passkey`, { credential: JSON.stringify(answer) });
}

function isSignedIn(browser: ReturnType<World["browser"]>, world: World): boolean {
  return browser.cookies(world.host()).has("denizen_session");
}

async function signedIn(world: World, passkey: Passkey) {
  const browser = world.browser();
  await passkey.signIn(browser);
  return browser;
}

function copyOf(world: World, browser: ReturnType<World["browser"]>) {
  const copy = world.browser();
  for (const [name, value] of browser.cookies(world.host())) copy.setCookie(world.host(), name, value);
  return copy;
}

/** Runs `work` and returns what it wrote to the security log. */
async function withSecurityLog<T>(work: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
  const lines: string[] = [];
  await configure({
    reset: true,
    sinks: { lines: ({ properties }: LogRecord) => void lines.push(JSON.stringify(properties)) },
    loggers: [
      { category: ["denizen", "security"], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  try {
    return { result: await work(), lines };
  } finally {
    await reset();
  }
}
