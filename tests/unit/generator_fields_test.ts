import assert from "node:assert/strict";
import { parseFields } from "../../generator/fields.ts";
import { noun, withArticle } from "../../generator/names.ts";
import { Refusal } from "../../generator/refusal.ts";
import { fillingOf, namesOf } from "../../generator/resource.ts";
import { findTarget } from "../../generator/targets.ts";
import { fill } from "../../generator/template.ts";

/** Protects: what people type after `new:resource` is understood as they mean it, or refused in words. */

const ROOT = new URL("../../", import.meta.url);

Deno.test("a field has a type, and may be optional", () => {
  const [name, due, status, customer] = parseFields([
    "name:text",
    "due_date:date?",
    "status:choice(draft|past_due)",
    "customer:ref(contacts)?",
  ]);

  assert.deepEqual(name, {
    type: "text",
    isOptional: false,
    column: "name",
    key: "name",
    words: "name",
    title: "Name",
    choices: [],
    target: "",
  });
  assert.deepEqual([due!.key, due!.title, due!.isOptional], ["dueDate", "Due date", true]);
  assert.deepEqual(status!.choices, ["draft", "past_due"]);
  assert.deepEqual([customer!.column, customer!.key, customer!.title], [
    "customer_id",
    "customerId",
    "Customer",
  ]);
  assert.equal(customer!.target, "contacts");
});

Deno.test("the name comes first, wherever it was typed", () => {
  const fields = parseFields(["amount:cents", "name:text"]);

  assert.deepEqual(fields.map(({ column }) => column), ["name", "amount"]);
});

const REFUSED: [string, string[], RegExp][] = [
  [
    "an unknown type",
    ["name:text", "size:huge"],
    /size has the unknown type huge.*longtext.*ref\(contacts\)/,
  ],
  ["no type", ["name:text", "size"], /"size" isn't a field/],
  ["a name with capitals", ["name:text", "dueDate:date"], /"dueDate" can't be the name of a field/],
  ["a reserved word of SQL", ["name:text", "order:number"], /"order" is a reserved word/],
  ["a reserved word of TypeScript", ["name:text", "class:text"], /"class" is a reserved word/],
  ["a field that every resource has", ["name:text", "created_at:date"], /has or uses "created_at"/],
  ["a field twice", ["name:text", "size:number", "size:text"], /size is there twice/],
  ["no name", ["amount:cents"], /Add the field name:text/],
  ["an optional name", ["name:text?"], /Add the field name:text/],
  [
    "a choice without values",
    ["name:text", "status:choice"],
    /Write the field status as status:choice\(draft\|sent\)/,
  ],
  ["a choice of one", ["name:text", "status:choice(draft)"], /2 to 20 different choices/],
  ["a choice twice", ["name:text", "status:choice(a|a)"], /2 to 20 different choices/],
  ["a choice that stands for all", ["name:text", "status:choice(all|new)"], /"all" stands for no filter/],
  ["values of a type without any", ["name:text", "size:number(3)"], /Write the field size as size:number/],
  ["code in place of a name", ["name:text", 'x"};drop:text'], /can't be the name of a field/],
];

for (const [what, fields, message] of REFUSED) {
  Deno.test(`${what} is refused`, () => {
    assert.throws(
      () => parseFields(fields),
      (error) => error instanceof Refusal && message.test(error.message),
    );
  });
}

Deno.test("a resource has a plural and a singular in every spelling", () => {
  const spelled = (plural: string) => namesOf(plural).one.snake;
  const { several, one } = namesOf("purchase_orders");

  assert.deepEqual(several, {
    snake: "purchase_orders",
    camel: "purchaseOrders",
    pascal: "PurchaseOrders",
    upper: "PURCHASE_ORDERS",
    kebab: "purchase-orders",
    words: "purchase orders",
    title: "Purchase orders",
  });
  assert.equal(one.camel, "purchaseOrder");
  assert.deepEqual(["companies", "boxes", "addresses", "keys", "invoices"].map(spelled), [
    "company",
    "box",
    "address",
    "key",
    "invoice",
  ]);
  assert.equal(namesOf("people", "person").one.pascal, "Person");
  assert.throws(() => namesOf("invoice"), /doesn't look like a plural/);
  assert.throws(() => namesOf("../invoices"), /can't be the name of a resource/);
  assert.throws(() => namesOf("sheep", "sheep"), /must differ/);
  assert.throws(() => namesOf("selects", "select"), /reserved word/);
});

Deno.test("the documentation's commands make resources", async () => {
  for (const page of ["CONTRIBUTING.md", "docs/build/add-a-resource.md"]) {
    const text = await Deno.readTextFile(new URL(page, ROOT));
    const commands = [...text.matchAll(/^deno task new:resource (\w+) (.+)$/gm)];

    assert.ok(commands.length > 0, page);
    for (const [, plural, fields] of commands) {
      const declarations = fields!.split(" ").map((field) => field.replace(/^'(.*)'$/, "$1"));
      const { filling } = await fillingOf(ROOT, namesOf(plural!), declarations);
      assert.equal(filling.fields.length, declarations.length);
    }
  }
});

Deno.test("English articles follow the sound", () => {
  assert.deepEqual(["invoice", "unit", "hour", "quote", "update"].map(withArticle), [
    "an invoice",
    "a unit",
    "an hour",
    "a quote",
    "an update",
  ]);
});

Deno.test("a reference leads to a table whose rows have a name", async () => {
  const projects = await findTarget(ROOT, "projects");
  const contacts = await findTarget(ROOT, "contacts");

  assert.deepEqual([projects.table, projects.title, projects.hasPage], ["projects", "projects.name", true]);
  assert.match(contacts.title, /coalesce\(nullif\(.*contacts\.email/);
  assert.deepEqual([projects.permission, contacts.permission], ["PROJECTS_READ", "CAMPAIGNS_MANAGE"]);
  assert.deepEqual([projects.permissionFile, contacts.permissionFile], [
    "projects/projects.ts",
    "contacts/permissions.ts",
  ]);
  await assert.rejects(findTarget(ROOT, "customers"), /There are no customers to refer to.*contacts/);
});

Deno.test("names of what a resource refers to are read with the permission to see it", async () => {
  const { filling } = await fillingOf(ROOT, namesOf("quotes"), ["name:text", "customer:ref(contacts)?"]);
  const references = "generator/templates/src/sample_things/sample_thing_references.ts.template";

  const code = fill(await Deno.readTextFile(new URL(references, ROOT)), filling);

  assert.match(code, /import \{ CAMPAIGNS_MANAGE \} from "\.\.\/contacts\/permissions\.ts";/);
  assert.equal(
    code.match(/\.from\(contacts\)/g)!.length,
    code.match(/visible\(ctx, CAMPAIGNS_MANAGE\)/g)!.length,
  );
});

Deno.test("a template keeps what the resource has, and drops unused imports and constants", () => {
  const template = [
    'import { cents, decimal } from "./values.ts";',
    "const MAX_LENGTH = 3;",
    "/** A sample thing. */",
    "export const SAMPLE_THINGS = {",
    "  // @each input",
    "  // @if tabs",
    "  tabs: {{tabs}},",
    "  // @end",
    "  // @if !tabs",
    "  tabs: null,",
    "  // @end",
    "};",
  ].join("\n");

  const filled = fill(template, {
    several: noun("orders"),
    one: noun("order"),
    fields: [{ input: "amount: cents," }, {}],
    has: { tabs: true },
    values: { tabs: "1" },
  });

  assert.equal(
    filled,
    [
      'import { cents } from "./values.ts";',
      "/** An order. */",
      "export const ORDERS = {",
      "amount: cents,",
      "  tabs: 1,",
      "};",
    ].join("\n"),
  );
});
