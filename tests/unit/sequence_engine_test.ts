import assert from "node:assert/strict";
import fc from "fast-check";
import { after, DAY, HOUR } from "../../src/platform/clock.ts";
import { type Cap, decide, dueOf, type Facts, type Step } from "../../src/sequences/engine.ts";

/** Protects: whatever contacts do and whenever jobs run, each step is due once, in order, never early, and within the cap. */

const START = new Date("2026-03-02T09:00:00Z");
const steps = fc.array(
  fc.record({
    id: fc.uuid(),
    delayHours: fc.integer({ min: 0, max: 240 }),
    condition: fc.constantFrom(null, { type: "tag", value: "vip" } as const, { type: "clicked" } as const),
    subject: fc.constant("Hello"),
    body: fc.constant("Hello"),
  }),
  { maxLength: 8 },
) as fc.Arbitrary<Step[]>;
const cap: fc.Arbitrary<Cap | null> = fc.option(
  fc.record({ emails: fc.integer({ min: 1, max: 3 }), days: fc.integer({ min: 1, max: 10 }) }),
);
/** How long until each next job, and what the contact does before it. */
const jobs = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 100 }),
    does: fc.constantFrom("nothing", "click", "get tag", "unsubscribe", "reach goal", "vanish"),
  }),
  { maxLength: 60 },
);

type Sent = { step: Step; at: Date };

/** Runs jobs at these times, as the product does. */
function live(
  steps: Step[],
  cap: Cap | null,
  list: { hours: number; does: string }[],
  emailedBefore: Date[] = [],
) {
  let [now, position, dueAt, ending] = [START, 0, dueOf(steps, 0, START), null as string | null];
  const contact = { hasConsent: true, hasReachedGoal: false, tags: [] as string[], hasClicked: false };
  let isThere = true;
  const sent: Sent[] = [];
  const passed: Step[] = [];
  for (const { hours, does } of list) {
    now = after(now, hours * HOUR);
    if (does === "click" && sent.length > 0) contact.hasClicked = true;
    if (does === "get tag") contact.tags = ["vip"];
    if (does === "unsubscribe") contact.hasConsent = false;
    if (does === "reach goal") contact.hasReachedGoal = true;
    if (does === "vanish") isThere = false;
    for (let moves = 0; ending === null && dueAt <= now; moves++) {
      assert.ok(moves <= steps.length + 1, "every move goes on");
      const facts: Facts = isThere
        ? { ...contact, emailedAt: [...emailedBefore, ...sent.map(({ at }) => at)] }
        : null;
      const decision = decide({ steps, cap }, { position, dueAt }, facts, now);
      if (decision.do === "end") ending = decision.ending;
      else if (decision.do === "wait") {
        assert.ok(decision.until > now, "waiting ends later");
        dueAt = decision.until;
      } else {
        passed.push(decision.step);
        if (decision.do === "send") {
          assert.ok(isThere && contact.hasConsent && !contact.hasReachedGoal);
          sent.push({ step: decision.step, at: now });
          contact.hasClicked = false;
        }
        [position, dueAt] = [position + 1, decision.dueAt];
      }
    }
  }
  return { sent, passed, ending };
}

Deno.test("each step comes once, in order, and no earlier than its delay after the one before", () => {
  fc.assert(fc.property(steps, cap, jobs, (steps, cap, jobs) => {
    const { passed, sent } = live(steps, cap, jobs);

    assert.deepEqual(passed, steps.slice(0, passed.length));
    sent.forEach(({ step, at }, index) => {
      const before = index === 0 ? START : sent[index - 1]!.at;
      assert.ok(at >= after(before, step.delayHours * HOUR));
    });
  }));
});

Deno.test("no contact gets more emails than the cap in any of its periods, counting those of other sequences", () => {
  const earlier = fc.array(fc.integer({ min: 0, max: 9 * 24 }), { maxLength: 2 });
  fc.assert(fc.property(steps, cap, jobs, earlier, (steps, cap, jobs, earlier) => {
    const before = earlier.map((hours) => after(START, -hours * HOUR));
    const { sent } = live(steps, cap, jobs, before);
    if (!cap) return;

    for (const { at } of sent) {
      const inPeriod = [...before, ...sent.map((each) => each.at)]
        .filter((other) => other <= at && other > after(at, -cap.days * DAY));
      assert.ok(inPeriod.length <= Math.max(cap.emails, before.length));
    }
  }));
});

Deno.test("a run ends for the first of its reasons, and with enough time it always ends", () => {
  fc.assert(fc.property(steps, cap, jobs, (steps, cap, jobs) => {
    const time = Array.from({ length: 60 }, () => ({ hours: 24 * 20, does: "nothing" }));
    const { ending } = live(steps, cap, [...jobs, ...time]);

    assert.ok(ending !== null);
  }));
});

Deno.test("conditions: a tag, and a click in the email before", () => {
  const step = (condition: Step["condition"]): Step => ({
    id: crypto.randomUUID(),
    delayHours: 0,
    condition,
    subject: "",
    body: "",
  });
  const facts = { hasConsent: true, hasReachedGoal: false, tags: ["vip"], hasClicked: false, emailedAt: [] };
  const doing = (condition: Step["condition"], given = {}) =>
    decide(
      { steps: [step(condition)], cap: null },
      { position: 0, dueAt: START },
      { ...facts, ...given },
      START,
    ).do;

  assert.equal(doing(null), "send");
  assert.deepEqual([doing({ type: "tag", value: "vip" }), doing({ type: "tag", value: "trial" })], [
    "send",
    "skip",
  ]);
  assert.deepEqual([doing({ type: "clicked" }), doing({ type: "clicked" }, { hasClicked: true })], [
    "skip",
    "send",
  ]);
});
