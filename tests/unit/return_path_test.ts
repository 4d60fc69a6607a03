import assert from "node:assert/strict";
import fc from "fast-check";
import { findReturnPath, isSignedFor, returnAddress } from "../../src/bounces/return_path.ts";
import type { TenantId } from "../../db/ids.ts";

/** Protects: a return address names its contact, fits into an SMTP command, and can't be made up or pointed at someone else. */

const services = servicesWith("a secret of at least 32 characters");
const EMAIL = "ada@acme.example";
const addressees = fc.record({ tenantId: fc.uuid() as fc.Arbitrary<TenantId>, contactId: fc.uuid() });

Deno.test("a return address says whom the email was for, in upper or lower case, anywhere in a header", () => {
  fc.assert(fc.property(addressees, (ids) => {
    const address = returnAddress(services, { ...ids, email: EMAIL }, "bounces.acme.example");

    for (const text of [`To: ${address}`, `Delivered-To: <${address.toUpperCase()}>`]) {
      const path = findReturnPath(text)!;
      assert.deepEqual([path.tenantId, path.contactId], [ids.tenantId, ids.contactId]);
      assert.ok(isSignedFor(services, path, EMAIL.toUpperCase()));
    }
    assert.ok(address.split("@")[0]!.length <= 64, "RFC 5321 section 4.5.3.1.1");
  }));
});

Deno.test("a return address with any other character isn't signed", () => {
  fc.assert(fc.property(addressees, fc.nat(61), fc.nat(34), (ids, index, shift) => {
    const address = returnAddress(services, { ...ids, email: EMAIL }, "b.example");
    const digit = (parseInt(address[index]!, 36) + 1 + shift) % 36;
    const forged = address.slice(0, index) + digit.toString(36) + address.slice(index + 1);

    const path = findReturnPath(forged);

    assert.ok(path === null || !isSignedFor(services, path, EMAIL));
  }));
});

Deno.test("a return address counts for the contact's address at the time of the email only", () => {
  const ids = { tenantId: crypto.randomUUID() as TenantId, contactId: crypto.randomUUID() };
  const path = findReturnPath(returnAddress(services, { ...ids, email: EMAIL }, "b.example"))!;

  assert.ok(isSignedFor(services, path, EMAIL));
  assert.ok(!isSignedFor(services, path, "victim@globex.example"));
});

Deno.test("a former APP_SECRET still reads the addresses that it signed, and an unknown one doesn't", () => {
  const [old, fresh] = ["the former secret of an installation", "the new secret of the installation"];
  const ids = { tenantId: crypto.randomUUID() as TenantId, contactId: crypto.randomUUID() };
  const path = findReturnPath(returnAddress(servicesWith(old), { ...ids, email: EMAIL }, "b.example"))!;

  assert.ok(isSignedFor(servicesWith(fresh, old), path, EMAIL));
  assert.ok(!isSignedFor(servicesWith(fresh), path, EMAIL));
});

Deno.test("other addresses are no return addresses", () => {
  for (
    const text of [
      "To: news@acme.example",
      `To: ${"a".repeat(63)}@b.example`,
      `To: ${"z".repeat(62)}@b.example`,
      "",
    ]
  ) {
    assert.equal(findReturnPath(text), null, text);
  }
});

function servicesWith(...appSecrets: string[]) {
  return { config: { appSecret: appSecrets[0]!, appSecrets } } as unknown as Parameters<
    typeof returnAddress
  >[0];
}
