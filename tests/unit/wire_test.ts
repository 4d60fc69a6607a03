import assert from "node:assert/strict";
import { z } from "zod";
import { readWire, toWire, wireErrors, wireSchema } from "../../routes/wire.ts";
import { DomainError } from "../../src/errors.ts";

/** Protects: clients use snake_case and src uses camelCase, with the same rules on both sides. */

const order = z.object({
  companyName: z.string().max(5, "Use 5 characters at most."),
  brandColor: z.string().nullable().optional(),
  sort: z.enum(["createdAt", "-createdAt", "name"]).default("-createdAt"),
  lineItems: z.array(z.object({ unitPrice: z.number() })).default([]),
});

Deno.test("snake_case input is converted to camelCase, at any depth", () => {
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

Deno.test("defaults come from src, and absent fields stay absent", () => {
  const read = readWire(order, { company_name: "Acme" });

  assert.deepEqual(read, { companyName: "Acme", sort: "-createdAt", lineItems: [] });
});

Deno.test("camelCase names are rejected in input", () => {
  assert.throws(() => readWire(order, { companyName: "Acme" }), refusing("company_name"));
  assert.throws(() => readWire(order, { company_name: "Acme", sort: "createdAt" }), refusing("sort"));
});

Deno.test("an error keeps the field's own message and uses the field name that was sent", () => {
  assert.throws(
    () => readWire(order, { company_name: "Acme Robotics" }),
    (error) =>
      error instanceof DomainError && error.fields.company_name?.english === "Use 5 characters at most.",
  );
  assert.deepEqual(wireErrors({ companyName: "Taken.", body: "Wrong." }), {
    company_name: "Taken.",
    body: "Wrong.",
  });
});

Deno.test("a response has only the fields of its schema, with times in RFC 3339", () => {
  const answer = z.object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    dueAt: z.iso.datetime().nullable(),
  });
  const row = { id: "1", createdAt: new Date("2026-03-02T09:00:00Z"), dueAt: null, passwordHash: "secret" };

  assert.deepEqual(toWire(answer, row), { id: "1", created_at: "2026-03-02T09:00:00.000Z", due_at: null });
});

Deno.test("a schema whose names don't change is returned as it is", () => {
  const plain = z.object({ name: z.string(), tags: z.array(z.string()).optional() });

  assert.equal(wireSchema(plain), plain);
});

Deno.test("a check of a whole object throws, because it would read the wrong names", () => {
  const checked = z.object({ firstDay: z.string() }).refine(({ firstDay }) => firstDay !== "");

  assert.throws(() => wireSchema(checked), /Check the fields/);
});

function refusing(field: string) {
  return (error: unknown) => error instanceof DomainError && field in error.fields;
}
