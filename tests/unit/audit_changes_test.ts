import assert from "node:assert/strict";
import { changedFields, describeChanges } from "../../src/events/changes.ts";

/** Protects: the audit log records what changed, not what was requested. */

const BEFORE = {
  name: "Apollo",
  status: "active",
  notes: "secret",
  at: new Date("2026-03-02T09:00:00Z"),
  due: null as Date | null,
};

Deno.test("only fields with a different value have changed", () => {
  const changed = changedFields(BEFORE, {
    name: "Apollo",
    status: "archived",
    notes: undefined,
    at: new Date("2026-03-02T09:00:00Z"),
    due: new Date("2026-04-01T00:00:00Z"),
  });

  assert.deepEqual(changed, { status: "archived", due: new Date("2026-04-01T00:00:00Z") });
});

Deno.test("a change from a value to null is a change", () => {
  const due: typeof BEFORE = { ...BEFORE, due: BEFORE.at };

  assert.deepEqual(changedFields(due, { due: null }), { due: null });
});

Deno.test("objects are compared by their content, whatever the order of their fields", () => {
  const before = {
    goal: { type: "tag", value: "paid" } as Record<string, string>,
    steps: [{ id: "1", body: "Hi" }],
  };

  const same = changedFields(before, {
    goal: { value: "paid", type: "tag" },
    steps: [{ body: "Hi", id: "1" }],
  });
  const other = changedFields(before, { goal: { type: "tag" }, steps: [{ id: "1", body: "Hello" }] });

  assert.deepEqual([same, Object.keys(other)], [{}, ["goal", "steps"]]);
});

Deno.test("a change lists its fields with both values, except fields that the log omits", () => {
  const changes = describeChanges(BEFORE, { notes: "another", name: "Gemini" }, { withoutValues: ["notes"] });

  assert.deepEqual(changes, { fields: ["name", "notes"], from: { name: "Apollo" }, to: { name: "Gemini" } });
});
