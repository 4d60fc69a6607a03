import assert from "node:assert/strict";
import { shortList } from "../../src/platform/short_list.ts";

/** Protects: a list that is read as a whole has pages as any other list. */

const NAMES = shortList<string>("names", (name) => ({ key: name.slice(0, 1), id: name }));

Deno.test("the pages of a short list have each item once, also if the last item of a page is gone", () => {
  const first = NAMES.page(["Cy", "Bo", "Al"], NAMES.query.parse({ limit: "2" }));
  const second = NAMES.page(["Al", "Cy", "Dee"], NAMES.query.parse({ cursor: first.nextCursor }));

  assert.deepEqual(first.items, ["Al", "Bo"]);
  assert.deepEqual(second, { items: ["Cy", "Dee"], nextCursor: null });
});

Deno.test("a short list refuses a limit of 0, and the cursor of another list", () => {
  const others = shortList<string>("others", (name) => ({ key: name, id: name }));
  const { nextCursor } = others.page(["Al", "Bo"], others.query.parse({ limit: 1 }));

  assert.equal(NAMES.query.safeParse({ limit: "0" }).success, false);
  assert.throws(() => NAMES.page([], NAMES.query.parse({ cursor: nextCursor })), { kind: "invalid" });
});
