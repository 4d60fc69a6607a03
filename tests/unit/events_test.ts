import assert from "node:assert/strict";
import { sentenceOf } from "../../src/events/sentence.ts";
import { FEATURES } from "../../src/feature_list.ts";
import { placeholdersOf } from "../../src/platform/wording.ts";
import { translatorTo } from "../../views/wording.ts";

/** Protects: every event has its own name and sentence, and features publish the events that they list. */

const EVENTS = FEATURES.flatMap(({ events }) => events);

Deno.test("every event has a unique name, made of a noun and a verb", () => {
  const names = EVENTS.map(({ name }) => name);

  assert.deepEqual([...new Set(names)], names);
  for (const name of names) assert.match(name, /^[a-z_]+\.[a-z_]+$/);
});

Deno.test("every feature publishes its events", async () => {
  const unpublished: string[] = [];
  for (const { name, events } of FEATURES) {
    const source = await readFolder(new URL(`../../src/${name.replace(" ", "_")}/`, import.meta.url));
    const constants = [
      ...source.matchAll(/export const (\w+) = (?:event|\w+Event)[<(]/g),
    ];
    for (const [, constant] of constants) {
      const uses = source.split(new RegExp(`\\b${constant}\\b`)).length - 1;
      if (uses < 3) unpublished.push(constant!); // declared, listed, and published
    }
    assert.equal(constants.length, events.length, `${name} lists all its events`);
  }

  assert.deepEqual(unpublished, []);
});

Deno.test("a sentence names the thing and fills in the details", () => {
  const events = new Map(EVENTS.map((event) => [event.name as string, event]));
  const details = {
    from: "Acme",
    to: "Acme Robotics",
    reason: "Unpaid.",
    role: "admin",
    flag: "new_editor",
    text: "Maintenance.",
    label: "projects",
    value: "60",
    refund: "$14.50",
  };

  for (const { name, sentence } of EVENTS) {
    const said = sentenceOf(events, { action: name, subjectName: "Apollo", details }, translatorTo("en"));
    assert.doesNotMatch(said, /[{}…]/, name);
    assert.equal(
      said.includes("Apollo"),
      placeholdersOf(sentence.english).includes("name"),
    );
  }
  const renamed = sentenceOf(
    events,
    { action: "tenant.renamed", subjectName: "Acme Robotics", details },
    translatorTo("en"),
  );
  assert.equal(renamed, "renamed the workspace from Acme to Acme Robotics");
});

async function readFolder(folder: URL): Promise<string> {
  let text = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) text += await readFolder(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) text += await Deno.readTextFile(new URL(name, folder));
  }
  return text;
}
