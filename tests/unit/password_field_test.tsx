import assert from "node:assert/strict";
import { PasswordField } from "../../views/components/password_field.tsx";
import { htmlOf } from "../support/page.tsx";

/** Protects: a password can't be read over a shoulder, and password managers can fill it. */

Deno.test("a password field masks what is typed, and lets people paste and password managers fill it", async () => {
  const html = await htmlOf(<PasswordField id="password" name="password" label="Password" />);
  const chosen = await htmlOf(<PasswordField id="password" name="password" label="Password" isNew />);

  assert.match(html, /<input[^>]*type="password"[^>]*autocomplete="current-password"/);
  assert.match(chosen, /<input[^>]*type="password"[^>]*autocomplete="new-password"/);
  assert.doesNotMatch(html + chosen, /onpaste|x-on:paste|maxlength/i);
  assert.match(html, /<button type="button"[^>]*>[^]*Show/);
});
