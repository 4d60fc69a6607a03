import assert from "node:assert/strict";
import type { UserId } from "../../src/access/actor.ts";
import { UnreadCounts } from "../../src/notifications/unread.ts";

/** Protects: forgetting one person's counts leaves those of others, and their loads, alone. */

const [ANN, BEN] = ["ann", "ben"] as UserId[];

Deno.test("a person is forgotten in every workspace, also while their count is loaded, and nobody else is", async () => {
  const counts = new UnreadCounts();
  const load = (count: number) => () => Promise.resolve({ count, version: count });
  await counts.get("acme", ANN!, load(1));
  await counts.get("globex", ANN!, load(2));
  const loadingAnn = counts.get("initech", ANN!, load(3));
  const loadingBen = counts.get("acme", BEN!, load(4));

  counts.forget([ANN!]);
  await Promise.all([loadingAnn, loadingBen]);

  const ann = await Promise.all(["acme", "globex", "initech"].map((id) => counts.get(id, ANN!, load(9))));
  const ben = await counts.get("acme", BEN!, load(9));
  assert.deepEqual(ann.map(({ count }) => count), [9, 9, 9]);
  assert.equal(ben.count, 4);
});

Deno.test("what is loaded while someone else is forgotten is shared and kept", async () => {
  const counts = new UnreadCounts();
  let loads = 0;
  const { promise, resolve } = Promise.withResolvers<{ count: number; version: number }>();
  const load = () => (loads++, promise);
  const first = counts.get("acme", BEN!, load);

  counts.forget([ANN!]);
  const second = counts.get("acme", BEN!, load);
  resolve({ count: 1, version: 1 });
  await Promise.all([first, second]);

  assert.equal(loads, 1);
});
