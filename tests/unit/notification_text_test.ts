import assert from "node:assert/strict";
import { LIMIT_NEAR } from "../../src/billing/notifications.ts";
import { notificationText } from "../../src/notifications/kind.ts";
import { ENGLISH } from "../../src/platform/wording.ts";

// Protects: notifications read well in feeds, emails and messages.

Deno.test("a notification writes large numbers as the reader's language does", () => {
  const data = { metric: "API calls this month", used: 412_300, limit: 500_000 };

  assert.equal(
    notificationText(LIMIT_NEAR, data, ENGLISH),
    "API calls this month: 412,300 of 500,000 used.",
  );
  assert.equal(
    notificationText(LIMIT_NEAR, data, { ...ENGLISH, tag: "de-DE" }),
    "API calls this month: 412.300 of 500.000 used.",
  );
});
