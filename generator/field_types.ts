import type { Field, FieldType } from "./fields.ts";
import { type Noun, withArticle } from "./names.ts";
import type { Target } from "./targets.ts";

/**
 * What a field adds to the files of its resource. Each name is that of a `// @each name` in `templates/`. The resource is called
 * `sampleThing`, as in the templates. A name that is absent adds nothing.
 */
export type FieldCode = { [piece: string]: string | undefined };

/** A field, what surrounds it, and the resource that it refers to. */
export type FieldContext = { field: Field; resource: Noun; target: Target | null; isListed: boolean };

/** What differs between the types. Values are expressions: `zod` of the input, `sample` in TypeScript. */
type TypeCode = {
  /** The column without `.notNull()`. */
  column: string;
  /** The value as the API sends it. */
  sent: string;
  /** The input of a required field. */
  input: string;
  /** A value for examples and tests, another one for a change, and one that is refused. */
  sample: string;
  other: string;
  wrong: string;
  /** The sample in a form. Absent if it is the text of `sample`. */
  typed?: string;
  /** Reads the field of a form, and writes it. */
  read: string;
  write: string;
  /** The control in the form. */
  control: string;
  /** The value in a row and on the page, where it isn't null. */
  shown: string;
  fact?: string;
  /** A number, which stands at the end of its cell. */
  atEnd?: boolean;
  /** A problem that the input names. */
  problem?: string;
  pieces?: FieldCode;
};

const IN_TWO_LINES = (value: string) => `<p class={TWO_LINES}><bdi>{${value}}</bdi></p>`;

/** The types of fields. */
export const TYPES: Record<FieldType, (context: FieldContext) => TypeCode> = {
  text: (context) => {
    const { field, resource } = context;
    const missing = `SAMPLE_THING_${field.column.toUpperCase()}_MISSING`;
    const value = `sampleThing.${field.key}`;
    return {
      column: `text("${field.column}")`,
      sent: "z.string()",
      input: field.isOptional ? "optionalLine(MAX_TEXT_LENGTH)" : `singleLine(MAX_TEXT_LENGTH, ${missing})`,
      problem: field.isOptional ? undefined : missingProblem(missing, field, resource),
      sample: field.key === "name" ? `"First ${resource.words}"` : `"${field.title} of the first"`,
      other: `"Another ${field.words}"`,
      wrong: '"x".repeat(201)',
      read: `fields.${field.column}`,
      write: value,
      control: textControl(field, field.key === "name" ? "maxlength={200} autofocus" : "maxlength={200}"),
      shown: IN_TWO_LINES(value),
      fact: field.isOptional
        ? `${value} === "" ? <NotSet /> : <bdi>{${value}}</bdi>`
        : `<bdi>{${value}}</bdi>`,
      pieces: searched(field),
    };
  },
  longtext: ({ field, resource }) => {
    const missing = `SAMPLE_THING_${field.column.toUpperCase()}_MISSING`;
    const value = `sampleThing.${field.key}`;
    const shown = `<p class="whitespace-pre-line" dir="auto">{${value}}</p>`;
    return {
      column: `text("${field.column}")`,
      sent: "z.string()",
      input: field.isOptional
        ? "multiLine(MAX_LONG_TEXT_LENGTH)"
        : `multiLine(MAX_LONG_TEXT_LENGTH).refine(isVisible, ${missing}.code)`,
      problem: field.isOptional ? undefined : missingProblem(missing, field, resource),
      sample: '"Two lines.\\nThis is the second."',
      other: '"Now one line."',
      wrong: '"x".repeat(5_001)',
      read: `fields.${field.column}`,
      write: value,
      control: textControl(field, "", "TextAreaField"),
      shown: IN_TWO_LINES(value),
      fact: field.isOptional ? `${value} === "" ? <NotSet /> : ${shown}` : shown,
      pieces: searched(field),
    };
  },
  number: ({ field }) => ({
    column: `doublePrecision("${field.column}")`,
    sent: "z.number()",
    input: "decimal",
    sample: "12.5",
    other: "13",
    wrong: '"many"',
    typed: '"12.5"',
    read: `readNumber(fields.${field.column})`,
    write: field.isOptional ? `sampleThing.${field.key}?.toString()` : `String(sampleThing.${field.key})`,
    control: textControl(field, 'inputmode="decimal"'),
    shown: `<Figure value={sampleThing.${field.key}} />`,
    atEnd: true,
  }),
  cents: ({ field }) => ({
    column: `bigint("${field.column}", { mode: "number" })`,
    sent: "z.int()",
    input: "cents",
    sample: "145_050",
    other: "2_900",
    wrong: "-1",
    typed: '"1,450.50"',
    read: `readCents(fields.${field.column})`,
    write: `writeCents(sampleThing.${field.key})`,
    control: textControl(field, 'inputmode="decimal" suffix="USD"'),
    shown: `<Amount cents={sampleThing.${field.key}} />`,
    atEnd: true,
  }),
  date: ({ field }) => ({
    column: `date("${field.column}")`,
    sent: "z.iso.date()",
    input: "calendarDay",
    sample: '"2026-12-23"',
    other: '"2027-01-31"',
    wrong: '"2026-02-30"',
    ...textual(field),
    control: textControl(field, 'type="date"'),
    shown: `<CalendarDay day={sampleThing.${field.key}} />`,
  }),
  boolean: ({ field }) => {
    const value = `sampleThing.${field.key}`;
    return {
      column: `boolean("${field.column}")`,
      sent: "z.boolean()",
      input: "z.boolean()",
      sample: "true",
      other: "false",
      wrong: '"maybe"',
      typed: field.isOptional ? '"yes"' : '"on"',
      read: field.isOptional ? `readYesNo(fields.${field.column})` : `fields.${field.column} === "on"`,
      write: field.isOptional ? `writeYesNo(${value})` : `${value} ? "on" : undefined`,
      control: field.isOptional
        ? selectControl(
          field,
          '[{ value: "", label: text.notSet }, { value: "yes", label: text.yes }, { value: "no", label: text.no }]',
        )
        : `<Checkbox id="sample-thing-${field.column}" name="${field.column}" label={labels.${field.key}} ` +
          `checked={values.${field.column} === "on"} error={errors.${field.key}} />`,
      shown: `<YesNo isYes={${value}} />`,
      fact: field.isOptional ? `(${value} ? text.yes : text.no)` : `${value} ? text.yes : text.no`,
    };
  },
  choice: ({ field }) => {
    const values = field.choices.map((choice) => `"${choice}"`).join(", ");
    const labels = field.choices.map((choice) => `${choice}: ${JSON.stringify(titled(choice))},`).join("\n");
    const options = `Object.entries(text.choices.${field.key}).map(([value, label]) => ({ value, label }))`;
    return {
      column: `text("${field.column}", { enum: [${values}] })`,
      sent: `z.enum([${values}])`,
      input: `oneOf(sampleThings.${field.key}.enumValues)`,
      sample: `"${field.choices[0]}"`,
      other: `"${field.choices[1]}"`,
      wrong: '"nothing_of_these"',
      ...textual(field),
      control: selectControl(
        field,
        field.isOptional ? `[{ value: "", label: text.notSet }, ...${options}]` : options,
      ),
      shown: `text.choices.${field.key}[sampleThing.${field.key}]`,
      pieces: {
        choices: `${field.key}: {\n${labels}\n},`,
        filter:
          `${field.key}: equalFilter(oneOf(sampleThings.${field.key}.enumValues), sampleThings.${field.key}),`,
      },
    };
  },
  email: ({ field }) => ({
    column: `text("${field.column}")`,
    sent: "z.string()",
    input: "emailAddress",
    sample: '"ada@company.example"',
    other: '"grace@company.example"',
    wrong: '"ada"',
    ...textual(field),
    control: textControl(field, 'type="email"'),
    shown: `<span class="wrap-anywhere">{sampleThing.${field.key}}</span>`,
    fact: `<TextLink href={\`mailto:\${sampleThing.${field.key}}\`}>{sampleThing.${field.key}}</TextLink>`,
    pieces: searched(field),
  }),
  url: ({ field }) => ({
    column: `text("${field.column}")`,
    sent: "z.url()",
    input: "webAddress",
    sample: '"https://company.example/page"',
    other: '"https://company.example/other"',
    wrong: '"javascript:alert(1)"',
    ...textual(field),
    control: textControl(field, 'type="url" maxlength={2_000}'),
    shown: `<span class="line-clamp-1 wrap-anywhere">{sampleThing.${field.key}}</span>`,
    fact: `<TextLink href={sampleThing.${field.key}} rel="noreferrer">{sampleThing.${field.key}}</TextLink>`,
  }),
  ref: (context) => referenceCode(context),
};

function referenceCode({ field, resource, target }: FieldContext): TypeCode {
  if (!target) throw new Error(`The field ${field.column} leads nowhere.`);
  const name = field.key.replace(/Id$/, "Name");
  const unknown = `SAMPLE_THING_${field.column.replace(/_id$/, "").toUpperCase()}_UNKNOWN`;
  const empty = field.isOptional ? "text.notSet" : "text.choose";
  return {
    column: `uuid("${field.column}").references(() => ${target.table}.id, { onDelete: "${
      field.isOptional ? "set null" : "restrict"
    }" })`,
    sent: "z.uuid()",
    input: `z.uuid(${unknown}.code)`,
    problem: `const ${unknown} = problem("${resource.snake}_${field.column}_unknown", "Choose ${
      withArticle(field.words)
    }.");`,
    sample: '"0198c0de-2f10-7d3e-8a4b-1c2d3e4f5061"',
    other: "null",
    wrong: '"0198c0de-0000-7000-8000-000000000000"',
    ...textual(field),
    control: selectControl(
      field,
      `[{ value: "", label: ${empty} }, ` +
        `...options.${field.key}.map(({ value, label }) => ({ value, label: label ?? text.hidden }))]`,
    ),
    shown: IN_TWO_LINES(`sampleThing.${name} ?? text.hidden`),
    fact: target.hasPage
      ? `sampleThing.${name} === null ? text.hidden : ` +
        `<TextLink href={\`/${target.path}/\${sampleThing.${field.key}}\`}><bdi>{sampleThing.${name}}</bdi></TextLink>`
      : `<bdi>{sampleThing.${name} ?? text.hidden}</bdi>`,
    pieces: {
      index: `index("sample_things_${field.column}").on(table.${field.key}),`,
      filter: `${field.key}: equalFilter(z.uuid(), sampleThings.${field.key}),`,
      listedType: `${name}: string | null;`,
      listedName: `${name}: names.get(sampleThing.${field.key} ?? "") ?? null,`,
      optionsType: `${field.key}: Option[];`,
      namesQuery: `tx.select({ id: ${target.table}.id, name: ${target.title} }).from(${target.table})
        .where(and(
          visible(ctx, ${target.permission}),
          inArray(${target.table}.id, found.flatMap((sampleThing) => sampleThing.${field.key} ?? [])),
        )),`,
      optionsQuery: `tx.select({ value: ${target.table}.id, label: ${target.title} }).from(${target.table})
        .where(visible(ctx, ${target.permission}))
        .orderBy(inNameOrder(${target.table}.${target.orderBy}), ${target.table}.id).limit(MAX_OPTIONS),
        tx.select({ value: ${target.table}.id, label: ${target.title} }).from(${target.table})
        .where(and(visible(ctx, ${target.permission}), inArray(${target.table}.id, idsIn(chosen.${field.column})))),`,
      optionsRows: `${field.key}, ${field.key}Chosen,`,
      optionsResult:
        `${field.key}: can(ctx, ${target.permission}) ? withChosen(${field.key}, ${field.key}Chosen)
        : hidden(chosen.${field.column}),`,
      requireQuery: `if (input.${field.key}) {
        const [found] = await tx.select({ id: ${target.table}.id }).from(${target.table})
          .where(eq(${target.table}.id, input.${field.key})).for("key share");
        if (!found || !can(ctx, ${target.permission})) unknown.${field.key} = ${unknown};
      }`,
      targetImport: `import { ${target.table} } from "../../db/tenant/schema/${target.file}";`,
      permissionImport: `import { ${target.permission} } from "../${target.permissionFile}";`,
      schemaImport: `import { ${target.table} } from "./${target.file}";`,
    },
  };
}

/** A field whose form has the value itself. */
function textual({ key, column, isOptional }: Field) {
  return {
    read: isOptional ? `readText(fields.${column})` : `fields.${column}`,
    write: isOptional ? `sampleThing.${key} ?? undefined` : `sampleThing.${key}`,
  };
}

function textControl(
  { column, key, isOptional }: Field,
  attributes: string,
  component = "TextField",
): string {
  return `<${component} id="sample-thing-${column}" name="${column}" label={labels.${key}} value={values.${column}} ` +
    `error={errors.${key}} ${attributes} ${isOptional ? "optional" : ""} autocomplete="off" />`;
}

function selectControl({ column, key }: Field, options: string): string {
  return `<SelectField id="sample-thing-${column}" name="${column}" label={labels.${key}} options={${options}} ` +
    `value={values.${column}} error={errors.${key}} />`;
}

function missingProblem(name: string, { column, words }: Field, { snake }: Noun): string {
  return `const ${name} = problem("${snake}_${column}_missing", "Enter ${withArticle(words)}.");`;
}

function searched({ key }: Field): FieldCode {
  return { searched: `ilike(sampleThings.${key}, pattern),`, searchColumn: `sampleThings.${key},` };
}

export function titled(choice: string): string {
  const words = choice.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
