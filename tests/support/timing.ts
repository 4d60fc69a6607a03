import assert from "node:assert/strict";

/** One attempt: what a client can observe, and its time in milliseconds. */
export type Attempt = { status: number; text: string; time: number };

const ROUNDS = 21;
const MOST_ROUNDS = 8 * ROUNDS;

/**
 * Asserts that two kinds of attempts get the same response in the same time, within a tenth. Compares the fastest tenth of
 * each, which a persistent attacker sees. Other load only adds time, a lot and at random: on a busy machine, the medians
 * of the same work differ by half. Continues longer while the two differ, because noise evens out and a real difference
 * stays.
 */
export async function compareTimes(
  one: () => Promise<Attempt>,
  other: () => Promise<Attempt>,
): Promise<void> {
  const times: { one: number[]; other: number[] } = { one: [], other: [] };
  const ratio = () => fastestTenth(times.one) / fastestTenth(times.other);
  const alike = () => ratio() > 0.9 && ratio() < 1.1;
  await one();
  await other();
  for (let round = 0; round < ROUNDS || (round < MOST_ROUNDS && !alike()); round++) {
    const [first, second] = Math.random() < 0.5 ? [await one(), await other()] : await swapped(one, other);
    assert.equal(first.status, second.status);
    assert.equal(first.text, second.text);
    times.one.push(first.time);
    times.other.push(second.time);
  }
  assert.ok(alike(), `the first takes ${ratio().toFixed(2)} times as long as the second`);
}

async function swapped(
  one: () => Promise<Attempt>,
  other: () => Promise<Attempt>,
): Promise<[Attempt, Attempt]> {
  const second = await other();
  return [await one(), second];
}

/** The slowest of the fastest tenth. */
function fastestTenth(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 10)]!;
}
