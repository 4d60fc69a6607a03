// A plugin of `deno lint` for views/. Other languages need texts in catalogs, and layouts without left and right.

/** Attributes and properties whose value a person reads. */
const READ_BY_PEOPLE = new Set([
  ...["alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"],
  ...["description", "emptyText", "hint", "label", "lead", "summary", "term", "text"],
]);

/** The same in every language: the product's name and the time zone. */
const UNTRANSLATED = /\b(?:Denizen|UTC)\b/g;
const ENTITY = /&#?\w+;/g;

/** Utilities of Tailwind that name a side. `ms-2`, `ps-2`, `start-0`, `border-s`, `rounded-s` and `text-start` follow the language. */
const SIDE =
  /(?:^|[\s:])-?(?:scroll-)?(?:[mp][lr]-|(?:left|right)-|border-[lr](?:-|\s|$)|rounded-(?:[lr]|[tb][lr])(?:-|\s|$)|(?:text|float)-(?:left|right)(?:\s|$))/;

/** In English only: emails, which have catalogs of their own, and the pages for developers under `/dev`. */
const ENGLISH = [
  "views/emails/",
  "views/pages/components",
  "views/pages/mailbox/",
  "views/pages/email_preview_page.tsx",
  "views/pages/emails_page.tsx",
];

/** Files whose texts are not in a catalog yet. Remove a line when its file's texts have moved; never add one. */
export const NOT_YET_MOVED: readonly string[] = [
  "views/components/activity_list.tsx",
  "views/components/charts/series.tsx",
  "views/layouts/site_layout.tsx",
  "views/pages/check_email_page.tsx",
  "views/pages/company/status_page.tsx",
  "views/pages/dashboard/api_calls_card.tsx",
  "views/pages/dashboard_page.tsx",
  "views/pages/forgot_password_page.tsx",
  "views/pages/landing/api_example.tsx",
  "views/pages/landing_page.tsx",
  "views/pages/new_workspace_page.tsx",
  "views/pages/set_password_page.tsx",
  "views/pages/settings/delete_workspace_page.tsx",
  "views/pages/sign_in_page.tsx",
  "views/pages/sign_up_code_page.tsx",
  "views/pages/sign_up_page.tsx",
  "views/pages/switch_account_page.tsx",
  "views/pages/verify_email_page.tsx",
  "views/pages/workspace_fields.tsx",
  "views/pages/workspaces_page.tsx",
];

const plugin: Deno.lint.Plugin = {
  name: "views",
  rules: {
    "text-in-catalog": {
      create(context) {
        const path = viewOf(context.filename);
        if (!path?.endsWith(".tsx") || NOT_YET_MOVED.includes(path) || isEnglish(path)) return {};
        const check = (node: Deno.lint.Node) => {
          for (const text of textsIn(node)) {
            if (!isRead(text)) continue;
            const message = `Move the text "${text.trim()}" to the page's catalog (text.en.ts).`;
            context.report({ node, message });
          }
        };
        return {
          JSXText: (node) => isCode(node.parent) || check(node),
          JSXExpressionContainer: (node) => node.parent.type === "JSXAttribute" || check(node.expression),
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
        const path = viewOf(context.filename);
        if (!path || NOT_YET_MOVED.includes(path) || isEnglish(path)) return {};
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
function isCode(node: Deno.lint.Node): boolean {
  return node.type === "JSXElement" && node.openingElement.name.type === "JSXIdentifier" &&
    ["code", "kbd"].includes(node.openingElement.name.name);
}

function isRead(text: string): boolean {
  return /\p{L}/u.test(text.replaceAll(UNTRANSLATED, ""));
}

/** The path of a view inside the repository, or undefined. */
function viewOf(filename: string): string | undefined {
  return /(?:^|[\\/])(views[\\/].*)$/.exec(filename)?.[1]?.replaceAll("\\", "/");
}

function isEnglish(path: string): boolean {
  return ENGLISH.some((english) => path.startsWith(english));
}
