import assert from "node:assert/strict";
import plugin from "../../deploy/scripts/lint_views.ts";

/** Protects: every text of a page is in a catalog, and layouts work in both directions. */

function findIn(source: string, path = "views/pages/any_page.tsx"): string[] {
  return Deno.lint.runPlugin(plugin, `/repository/${path}`, source).map(({ id }) => id);
}

const TEXTS = [
  "const page = <p>Hello</p>;",
  'const page = <p>{isOpen ? "Open" : null}</p>;',
  "const page = <p>{`${count} projects`}</p>;",
  'const page = <button aria-label="Close"></button>;',
  'const page = <img alt={isLogo ? "Logo" : ""} />;',
  'const page = <TextField label="Name" />;',
  'const fact = { term: "State", value: 1 };',
];

for (const source of TEXTS) {
  Deno.test(`a text in a view is found: ${source}`, () => {
    assert.deepEqual(findIn(source), ["views/text-in-catalog"]);
  });
}

const FINE = [
  "const page = <p>{text.hello}</p>;",
  'const page = <p class="text-muted" id="lead">· 5 %&nbsp;</p>;',
  "const page = <title>{title} · Denizen</title>;",
  "const page = <code>ROLE=worker</code>;",
  'const page = <code>curl <span>-H {"Accept: text/html"}</span></code>;',
  "const page = <TextField label={text.name} autocomplete='name' />;",
];

for (const source of FINE) {
  Deno.test(`what is no text stays: ${source}`, () => {
    assert.deepEqual(findIn(source), []);
  });
}

Deno.test("a class that names a side is found, and one that follows the language stays", () => {
  const sides = ["ml-2", "md:pl-60", "-mr-1", "right-4", "text-right", "border-l", "hover:rounded-tl-md"];
  const logical = [
    "ms-2",
    "md:ps-60",
    "start-4",
    "text-end",
    "border-s",
    "rounded-ss-md",
    "border-line",
    "left",
  ];

  for (const look of sides) {
    assert.deepEqual(findIn(`const look = "flex ${look}";`), ["views/no-sides"], look);
  }
  for (const look of logical) assert.deepEqual(findIn(`const look = "flex ${look}";`), [], look);
});

Deno.test("views, emails and the routes of pages are checked, but not the API and the gallery for developers", () => {
  const source = 'const page = { title: "Hello" };';

  for (const path of ["views/emails/welcome.tsx", "routes/app/any.tsx", "routes/admin/any.tsx"]) {
    assert.deepEqual(findIn(source, path), ["views/text-in-catalog"], path);
  }
  for (const path of ["routes/api/any.ts", "views/pages/components/samples.tsx"]) {
    assert.deepEqual(findIn(source, path), [], path);
  }
});
