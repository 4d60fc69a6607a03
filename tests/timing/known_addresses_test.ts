import assert from "node:assert/strict";
import { outbox } from "../../db/control/schema/outbox.ts";
import { MINUTE } from "../../src/platform/clock.ts";
import { compareTimes } from "../support/timing.ts";
import { World } from "../support/world.ts";

/** Protects: sign-in and password reset don't reveal who has an account (S09). Runs alone: it compares times. */

Deno.test("S09 sign-in gives known and unknown addresses the same answer in the same time", async () => {
  await using world = await World.open();
  await world.company("acme");
  const attempt = async (email: string) => {
    world.clock.advance(MINUTE); // below the limits
    const started = performance.now();
    const { status, text } = await world.browser().post(`http://${world.host()}/login`, {
      email,
      password: "not the password",
    });
    return { status, text: comparable(text), time: performance.now() - started };
  };

  await compareTimes(() => attempt("owner@acme.example"), () => attempt("nobody@else.example"));
});

Deno.test("S09 API sign-in gives known and unknown addresses the same answer in the same time", async () => {
  await using world = await World.open();
  await world.company("acme");
  const attempt = async (email: string) => {
    world.clock.advance(MINUTE); // below the limits
    const started = performance.now();
    const { status, text } = await world.api("POST", "/auth/login", {
      body: { email, password: "not the password" },
    });
    return { status, text: comparable(text), time: performance.now() - started };
  };

  await compareTimes(() => attempt("owner@acme.example"), () => attempt("nobody@else.example"));
});

Deno.test("S09 a password reset gives known and unknown addresses the same answer in the same time", async () => {
  await using world = await World.open();
  await world.company("acme");
  let asked = 0;
  const attempt = async (email: string) => {
    world.clock.advance(5 * MINUTE); // each sends an email
    asked++;
    const started = performance.now();
    const { status, text } = await world.browser().post(`http://${world.host()}/forgot-password`, { email });
    return { status, text: comparable(text), time: performance.now() - started };
  };

  await compareTimes(() => attempt("owner@acme.example"), () => attempt("nobody@else.example"));

  assert.equal(await world.system.control.$count(outbox), asked);
});

function comparable(text: string): string {
  const withoutTyped = text.replaceAll(/value="[^"]*@[^"]*"/g, "").replaceAll(/email=\w+%40[\w.]+/g, "");
  return withoutTyped.replaceAll(/nonce="[^"]+"/g, "").replaceAll(
    /[0-9a-f]{8}-[0-9a-f-]{27}/g,
    "ID",
  );
}
