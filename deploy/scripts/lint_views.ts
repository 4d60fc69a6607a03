// A plugin of `deno lint` for views/ and the routes of pages. Other languages need texts in catalogs, and layouts without left
// and right.

/** Attributes and properties whose value a person reads. */
const READ_BY_PEOPLE = new Set([
  ...["alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"],
  ...["description", "emptyText", "flash", "hint", "label", "lead", "summary", "term", "text"],
]);

/** The same in every language: the product's name and the time zone. */
const UNTRANSLATED = /\b(?:Denizen|UTC)\b/g;
const ENTITY = /&#?\w+;/g;

/** Utilities of Tailwind that name a side. `ms-2`, `ps-2`, `start-0`, `border-s`, `rounded-s` and `text-start` follow the language. */
const SIDE =
  /(?:^|[\s:])-?(?:scroll-)?(?:[mp][lr]-|(?:left|right)-|border-[lr](?:-|\s|$)|rounded-(?:[lr]|[tb][lr])(?:-|\s|$)|(?:text|float)-(?:left|right)(?:\s|$))/;

/** In English only: the gallery of components for developers, `/dev/components`. */
const GALLERY = "views/pages/components";

const plugin: Deno.lint.Plugin = {
  name: "views",
  rules: {
    "text-in-catalog": {
      create(context) {
        const path = pageOf(context.filename);
        if (!path?.endsWith(".tsx") || path.startsWith(GALLERY)) return {};
        const check = (node: Deno.lint.Node) => {
          for (const text of textsIn(node)) {
            if (!isRead(text)) continue;
            const message = `Move the text "${text.trim()}" to the page's catalog (text.en.ts).`;
            context.report({ node, message });
          }
        };
        return {
          JSXText: (node) => isInCode(node) || check(node),
          JSXExpressionContainer: (node) =>
            node.parent.type === "JSXAttribute" || isInCode(node) || check(node.expression),
          JSXAttribute: ({ name, value }) => {
            if (name.type === "JSXIdentifier" && READ_BY_PEOPLE.has(name.name) && value) check(value);
          },
          Property: ({ key, value }) => {
            if (key.type === "Identifier" && READ_BY_PEOPLE.has(key.name)) check(value);
          },
        };
      },
    },
    "no-sides": {
      create(context) {
        const path = pageOf(context.filename);
        if (!path || path.startsWith(GALLERY)) return {};
        const check = (node: Deno.lint.Node, text: string) => {
          const [side] = SIDE.exec(text) ?? [];
          if (side) {
            const message = `"${side.trim()}" names a side. Use the utility that follows the language.`;
            context.report({ node, message });
          }
        };
        return {
          Literal: (node) => typeof node.value === "string" && check(node, node.value),
          TemplateElement: (node) => check(node, node.raw),
        };
      },
    },
  },
};

export default plugin;

/** The texts that an expression may have as its value. */
function textsIn(node: Deno.lint.Node): string[] {
  switch (node.type) {
    case "JSXText":
      return [node.value.replaceAll(ENTITY, "")];
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return node.quasis.map(({ raw }) => raw);
    case "JSXExpressionContainer":
      return textsIn(node.expression);
    case "ConditionalExpression":
      return [...textsIn(node.consequent), ...textsIn(node.alternate)];
    case "LogicalExpression":
      return [...textsIn(node.left), ...textsIn(node.right)];
    default:
      return [];
  }
}

/** `<code>` and `<kbd>` hold what a program reads and what keys are called. */
function isInCode(
  { parent }:
    | Deno.lint.JSXText
    | Deno.lint.JSXExpressionContainer
    | Deno.lint.JSXElement
    | Deno.lint.JSXFragment,
): boolean {
  if (parent.type !== "JSXElement" && parent.type !== "JSXFragment") return false;
  return isCode(parent) || isInCode(parent);
}

function isCode(node: Deno.lint.JSXElement | Deno.lint.JSXFragment): boolean {
  return node.type === "JSXElement" && node.openingElement.name.type === "JSXIdentifier" &&
    ["code", "kbd"].includes(node.openingElement.name.name);
}

function isRead(text: string): boolean {
  return /\p{L}/u.test(text.replaceAll(UNTRANSLATED, ""));
}

/** The path inside the repository of a view or of a page's route, or undefined. */
function pageOf(filename: string): string | undefined {
  return /(?:^|\/)((?:views|routes\/(?:admin|app|site))\/.*)$/.exec(filename.replaceAll("\\", "/"))?.[1];
}
