import assert from "node:assert/strict";
import { INVITATION } from "../../src/access/emails.ts";
import { MONTHLY_REPORT } from "../../src/analytics/emails.ts";
import { renderSample } from "../../src/email/sample.ts";
import { RESET_PASSWORD } from "../../src/identity/emails.ts";
import { WELCOME } from "../../src/tenancy/emails.ts";
import { EMAILS } from "../support/emails.ts";

/** Protects: an email's text says what its HTML says, and reads well in a plain window. */

const MAX_LINE_LENGTH = 78;

for (const email of EMAILS) {
  Deno.test(`the text of ${email.name} is wrapped, without markup and preheader`, async () => {
    const { text } = await renderSample(email);

    for (const line of text.split("\n")) {
      assert.ok(line.length <= MAX_LINE_LENGTH || /^https:\S+$/.test(line), line);
    }
    assert.doesNotMatch(text, /<[a-z]|&[a-z]+;|[\u00a0\u034f\u200c]|\n{3}|\[http/);
  });
}

Deno.test("the text of a password reset reads like a letter", async () => {
  const { text } = await renderSample(RESET_PASSWORD);

  assert.equal(
    text,
    `Reset your password

Hi Ada Lovelace,

Someone asked to reset the password of your Denizen account. If it was you,
choose a new one now.

Choose a new password:
https://denizen.example/reset-password?token=q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E

The link works once and expires in 90 minutes. A new password signs you out
everywhere.

If it wasn't you, ignore this email. Your password stays the same.

Browser: Firefox on Linux
IP address: 203.0.113.24

--

You received this email because this address belongs to a Denizen account.

Denizen: https://denizen.example/`,
  );
});

Deno.test("the text of a monthly report shows its figures as a table", async () => {
  const { text } = await renderSample(MONTHLY_REPORT);

  assert.equal(
    text,
    `October 2026

Here's how Acme Instruments did in October, compared with September.

Figure         Sep       Oct       Change
People         132       148       +12%
Projects       27        27        0%
New projects   –         3         –
API calls      7,714     7,387     −4%
Storage        45.8 MB   48.2 MB   +5%

API calls per day: highest on October 28 (366), lowest on October 4 (88).

Go to your dashboard: https://acme.denizen.example/dashboard

--

You received this email because you're an owner of Acme Instruments.

Acme Instruments: https://acme.denizen.example/
Email preferences: https://acme.denizen.example/account/notifications
Unsubscribe:
https://denizen.example/unsubscribe/q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E`,
  );
});

Deno.test("an invitation to a new person says to choose a password, and when the link expires", async () => {
  const { text } = await renderSample(INVITATION);

  assert.equal(
    bodyOf(text),
    `Join “Acme Instruments”

“Ada Lovelace” invited you to join “Acme Instruments” as a member.

Choose a password to open the workspace. Next time, sign in with this email
address and your password.

Choose a password:
https://denizen.example/reset-password?token=q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E

The link is only for you. It works once and expires in 7 days. After that,
request a new one on the sign-in page.

If you didn't expect this, ignore this email. Nobody can sign in with your
address until a password is chosen.`,
  );
});

Deno.test("an invitation to a person with an account says to sign in, and mentions no link that expires", async () => {
  const url = "https://acme.denizen.example/login";

  const { subject, text } = await renderSample(INVITATION, { inviterName: null, url, expiryDays: null });

  assert.equal(subject, "You're invited to join Acme Instruments");
  assert.equal(
    bodyOf(text),
    `Join “Acme Instruments”

You're invited to join “Acme Instruments” as a member.

Sign in with this email address and your password.

Sign in: https://acme.denizen.example/login

If you didn't expect this, ignore this email. Your password and your other
workspaces don't change.`,
  );
});

Deno.test("the welcome to an owner without a password has a link to choose one", async () => {
  const url = "https://denizen.example/reset-password?token=x";

  const { text } = await renderSample(WELCOME, { url, expiryDays: 7 });

  assert.equal(
    bodyOf(text),
    `Welcome, Ada Lovelace

Your workspace Acme Instruments is ready, and you're its owner.

See your projects: https://acme.denizen.example/projects
Change the workspace's settings: https://acme.denizen.example/settings

Choose a password to open the workspace. Next time, sign in with this email
address and your password.

Choose a password: https://denizen.example/reset-password?token=x

The link is only for you. It works once and expires in 7 days. After that,
request a new one on the sign-in page.`,
  );
});

Deno.test("an email that can't be turned off states facts and offers nothing", async () => {
  const { text } = await renderSample(WELCOME);

  assert.equal(
    bodyOf(text),
    `Welcome, Ada Lovelace

Your workspace Acme Instruments is ready, and you're its owner.

See your projects: https://acme.denizen.example/projects
Change the workspace's settings: https://acme.denizen.example/settings

Go to your workspace: https://acme.denizen.example/dashboard`,
  );
});

/** The text above the footer. */
function bodyOf(text: string): string {
  return text.slice(0, text.indexOf("\n\n--"));
}
