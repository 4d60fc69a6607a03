import assert from "node:assert/strict";
import { FEATURES } from "../../src/feature_list.ts";
import { LOCALES } from "../../src/platform/locales.ts";
import { declaredWordings, placeholdersOf, wording } from "../../src/platform/wording.ts";
import { TRANSLATIONS, translatorTo } from "../../views/wording.ts";

/** Protects: what src declares in English can be read in every language. */

Deno.test("what features declare has a code by which translators find it", () => {
  const codes = declaredWordings().map(({ code }) => code);

  assert.deepEqual([...new Set(codes)], codes);
  for (const { events, permissions, planFeatures, setup, limits } of FEATURES) {
    for (const { name } of events) assert.ok(codes.includes(`event.${name}`), name);
    for (const { key } of permissions) assert.ok(codes.includes(`permission.${key}.label`), key);
    for (const { key } of planFeatures) assert.ok(codes.includes(`plan_feature.${key}`), key);
    for (const { name } of setup) assert.ok(codes.includes(`setup.${name}`), name);
    for (const { name } of limits) assert.ok(codes.includes(`limit.${name}.several`), name);
  }
  for (const code of codes) assert.match(code, /^[a-z][a-z0-9_.:]*$/);
});

Deno.test("two texts can't have the same code", () => {
  wording("test.wording", "One");

  assert.throws(() => wording("test.wording", "Another"), /test\.wording/);
});

Deno.test("every language has every text, with the same values", () => {
  for (const language of LOCALES.filter((locale) => locale !== "en")) {
    const translate = translatorTo(language);
    const texts: Readonly<Record<string, string>> = TRANSLATIONS[language] ?? {};
    const declared = declaredWordings().filter(({ code }) => !code.startsWith("test"));
    const wrong = declared.filter((each) =>
      !(each.code in texts) ||
      placeholdersOf(translate(each)).sort().join() !== placeholdersOf(each.english).sort().join()
    );
    assert.deepEqual(wrong, [], `fix these texts in ${language}`);
  }
});

Deno.test("the pseudo-language marks a text, and keeps the places of its values", () => {
  const { sentence } = FEATURES.flatMap(({ events }) => events).find(({ name }) =>
    name === "project.created"
  )!;

  assert.match(translatorTo("ar-XB")(sentence), /^\[çŕéåţéð ţĥé þŕöĵéçţ \{name\} .*\]$/);
  assert.equal(translatorTo("en")(sentence), "created the project {name}");
});
