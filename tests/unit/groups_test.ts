import assert from "node:assert/strict";
import { Groups } from "../../src/platform/groups.ts";

/** Protects: the same keys lead to the same value, and other keys to another one. */

Deno.test("a value for each combination of keys, in the order of their first use", () => {
  const groups = new Groups<{ keys: string; number: number }>();
  const valueOf = (...keys: unknown[]) =>
    groups.valueOf(keys, (before) => ({ keys: keys.join(), number: before + 1 }));

  const first = valueOf("ab", "c", 1);

  assert.equal(valueOf("ab", "c", 1), first);
  assert.notEqual(valueOf("a", "bc", 1), first);
  assert.notEqual(valueOf("ab", "c", "1"), first);
  assert.notEqual(valueOf("ab", "c", null), first);
  assert.deepEqual(groups.values.map(({ number }) => number), [1, 2, 3, 4]);
});
