// What a message's text promises: it says what the HTML says, and reads well in a plain window.
import assert from "node:assert/strict";
import type { EmailMessages, MessageName } from "../../src/email/messages.ts";
import { renderEmail } from "../../views/emails/render.tsx";
import { MESSAGE_NAMES, SAMPLE_PROPS, sampleOptions } from "../../views/emails/samples.ts";

const MAX_LINE_LENGTH = 78;

function renderSample<Name extends MessageName>(name: Name, changes: Partial<EmailMessages[Name]> = {}) {
  return renderEmail(name, { ...SAMPLE_PROPS[name], ...changes }, sampleOptions(name));
}

for (const name of MESSAGE_NAMES) {
  Deno.test(`the text of ${name} is wrapped, and holds no markup and no preheader`, async () => {
    const { text } = await renderSample(name);

    for (const line of text.split("\n")) {
      assert.ok(line.length <= MAX_LINE_LENGTH || /^https:\S+$/.test(line), line);
    }
    assert.doesNotMatch(text, /<[a-z]|&[a-z]+;|[\u00a0\u034f\u200c]|\n{3}|\[http/);
  });
}

Deno.test("the text of a new password's message reads like a letter", async () => {
  const { text } = await renderSample("reset_password");

  assert.equal(
    text,
    `Choose a new password

Hello Ada Lovelace, someone asked for a new password for your Denizen account
with this address. If it was you, choose one now.

Choose a new password:
https://denizen.example/reset-password?token=q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E

The link works once, for 30 minutes. Your new password signs you out
everywhere.

If it wasn't you, ignore this email: your password stays the same. The request
came from Firefox on Linux, IP address 203.0.113.24.

--

You get this because this address belongs to an account at Denizen.

Denizen: https://denizen.example/`,
  );
});

Deno.test("the text of a month's report sets its figures as a table", async () => {
  const { text } = await renderSample("monthly_report");

  assert.equal(
    text,
    `October 2026

Here is the month at Acme Instruments, next to the month before.

Figure               Sep       Oct       Change
Revenue              $11,465   $12,840   +12%
Active people        132       148       +12%
Projects             27        27        0%
API calls            7,714     7,387     −4%
Webhooks delivered   –         1,903     –
Storage              45.8 MB   48.2 MB   +5%

API calls a day: highest on 28 October with 366, lowest on 4 October with 88.

Open your dashboard: https://acme.denizen.example/dashboard

--

You get this because you are an owner of Acme Instruments.

Acme Instruments: https://acme.denizen.example/
Choose what you get: https://acme.denizen.example/settings/notifications
Unsubscribe:
https://denizen.example/unsubscribe/q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E`,
  );
});

Deno.test("someone new is told to choose a password, and how long the link works", async () => {
  const { text } = await renderSample("invitation");

  assert.equal(
    bodyOf(text),
    `Join “Acme Instruments”

“Ada Lovelace” invited you to join “Acme Instruments” as a member.

Choose a password, and sign in with it and this email address.

Choose a password:
https://denizen.example/reset-password?token=q7Xb2nVfK0sTz3mLr8YwPc5HdJ1uGe4AoRi6Nk9Qv_E

The link is for you alone. It works once, for 7 days; after that, ask for
another one where you sign in.

If you don't expect this, ignore this email. Nobody can sign in with your
address until a password is chosen.`,
  );
});

Deno.test("someone with an account is told to sign in, and of no link that ends", async () => {
  const url = "https://acme.denizen.example/login";

  const { subject, text } = await renderSample("invitation", { inviterName: null, url, expiryDays: null });

  assert.equal(subject, "You're invited to join a workspace");
  assert.equal(
    bodyOf(text),
    `Join “Acme Instruments”

You're invited to join “Acme Instruments” as a member.

Sign in with this email address and your password.

Sign in: https://acme.denizen.example/login

If you don't expect this, ignore this email. Your password and your other
workspaces stay the same.`,
  );
});

Deno.test("an owner without a password is welcomed with a link to choose one", async () => {
  const url = "https://denizen.example/reset-password?token=x";

  const { text } = await renderSample("welcome", { url, expiryDays: 7 });

  assert.equal(
    bodyOf(text),
    `Welcome, Ada Lovelace

The workspace Acme Instruments is ready, and you are its owner.

See your projects: https://acme.denizen.example/projects
Change the workspace's settings: https://acme.denizen.example/settings

Choose a password, and sign in with it and this email address.

Choose a password: https://denizen.example/reset-password?token=x

The link is for you alone. It works once, for 7 days; after that, ask for
another one where you sign in.`,
  );
});

Deno.test("what nobody can unsubscribe from says what is so, and offers nothing", async () => {
  const [welcome, trial] = [await renderSample("welcome"), await renderSample("trial_ending")];

  assert.equal(
    bodyOf(welcome.text),
    `Welcome, Ada Lovelace

The workspace Acme Instruments is ready, and you are its owner.

See your projects: https://acme.denizen.example/projects
Change the workspace's settings: https://acme.denizen.example/settings

Open your workspace: https://acme.denizen.example/dashboard`,
  );
  assert.equal(
    bodyOf(trial.text),
    `The Team trial ends on 15 November 2026

Acme Instruments then moves to the Starter plan. Nothing is charged, and your
data stays.

If it is to stay on Team, which costs $29.00 a month, say so before that day.

Open billing: https://acme.denizen.example/billing`,
  );
});

/** The text above the footer. */
function bodyOf(text: string): string {
  return text.slice(0, text.indexOf("\n\n--"));
}
