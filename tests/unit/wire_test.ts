import assert from "node:assert/strict";
import { z } from "zod";
import { DomainError } from "../../src/errors.ts";
import { readWire, toWire, wireErrors, wireSchema } from "../../routes/wire.ts";

/** Protects: the outside world reads and writes snake_case, src camelCase, with the same rules on both sides. */

const order = z.object({
  companyName: z.string().max(5, "Use 5 characters at most."),
  brandColor: z.string().nullable().optional(),
  sort: z.enum(["createdAt", "-createdAt", "name"]).default("-createdAt"),
  lineItems: z.array(z.object({ unitPrice: z.number() })).default([]),
});

Deno.test("what is sent in snake_case arrives in camelCase, at any depth", () => {
  const sent = {
    company_name: "Acme",
    brand_color: null,
    sort: "created_at",
    line_items: [{ unit_price: 3 }],
  };

  assert.deepEqual(readWire(order, sent), {
    companyName: "Acme",
    brandColor: null,
    sort: "createdAt",
    lineItems: [{ unitPrice: 3 }],
  });
});

Deno.test("defaults are those of src, and absent fields stay absent", () => {
  const read = readWire(order, { company_name: "Acme" });

  assert.deepEqual(read, { companyName: "Acme", sort: "-createdAt", lineItems: [] });
});

Deno.test("names of src are not names outside", () => {
  assert.throws(() => readWire(order, { companyName: "Acme" }), refusing("company_name"));
  assert.throws(() => readWire(order, { company_name: "Acme", sort: "createdAt" }), refusing("sort"));
});

Deno.test("a refusal keeps the field's own message and names the field as it was sent", () => {
  assert.throws(
    () => readWire(order, { company_name: "Acme Robotics" }),
    (error) => error instanceof DomainError && error.fields.company_name === "Use 5 characters at most.",
  );
  assert.deepEqual(wireErrors({ companyName: "Taken.", body: "Wrong." }), {
    company_name: "Taken.",
    body: "Wrong.",
  });
});

Deno.test("an answer holds the fields of its schema alone, with moments in RFC 3339", () => {
  const answer = z.object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    dueAt: z.iso.datetime().nullable(),
  });
  const row = { id: "1", createdAt: new Date("2026-03-02T09:00:00Z"), dueAt: null, passwordHash: "secret" };

  assert.deepEqual(toWire(answer, row), { id: "1", created_at: "2026-03-02T09:00:00.000Z", due_at: null });
});

Deno.test("a schema without other names stays itself", () => {
  const plain = z.object({ name: z.string(), tags: z.array(z.string()).optional() });

  assert.equal(wireSchema(plain), plain);
});

Deno.test("a check of a whole object is refused: it would look for the wrong names", () => {
  const checked = z.object({ firstDay: z.string() }).refine(({ firstDay }) => firstDay !== "");

  assert.throws(() => wireSchema(checked), /Check the fields/);
});

function refusing(field: string) {
  return (error: unknown) => error instanceof DomainError && field in error.fields;
}
