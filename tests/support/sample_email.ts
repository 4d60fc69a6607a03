import type { OutgoingEmail } from "../../src/email/transports/transport.ts";
import { newId } from "../../src/platform/ids.ts";

/** An email as the product sends it. */
export function sampleEmail(changes: Partial<OutgoingEmail> = {}): OutgoingEmail {
  return {
    id: newId(),
    to: { name: "Zoë Müller", address: "zoe@acme.example" },
    from: { name: "Łódź Robotics, Inc.", address: "no-reply@denizen.example" },
    subject: "Willkommen — 日本語 ✓",
    html:
      '<html><head></head><body><p>Grüße, <a href="https://app.example/a?x=1&amp;y=2">open</a></p></body></html>',
    text: "Grüße. Open https://app.example/a?x=1&y=2.",
    headers: {
      "List-Unsubscribe": "<https://app.example/unsubscribe/abc>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
    tenantId: null,
    message: "welcome",
    category: null,
    ...changes,
  };
}
