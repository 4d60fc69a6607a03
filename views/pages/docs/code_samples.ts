import type { Language, ReferenceOperation } from "./reference.ts";

export const LANGUAGE_NAMES: Record<Language, string> = {
  curl: "curl",
  typescript: "TypeScript",
  python: "Python",
};

/** The environment variable that holds the reader's key in all samples. */
export const KEY_VARIABLE = "DENIZEN_API_KEY";

type Request = { method: string; url: string; body: unknown; isPublic: boolean };

/** Code that calls an operation of the workspace at `origin`. */
export function codeSample(operation: ReferenceOperation, origin: string, language: Language): string {
  const { method, path, bodyExample: body, isPublic } = operation;
  return WRITERS[language]({ method, url: `${origin}/api/v1${path}`, body, isPublic });
}

const WRITERS: Record<Language, (request: Request) => string> = {
  curl: ({ method, url, body, isPublic }) =>
    [
      `curl ${method === "GET" ? "" : `-X ${method} `}${quoted(url)}`,
      isPublic ? "" : `-H "Authorization: Bearer $${KEY_VARIABLE}"`,
      body === undefined ? "" : "-H 'Content-Type: application/json'",
      body === undefined ? "" : `-d ${quoted(pretty(body))}`,
    ].filter(Boolean).join(" \\\n  "),

  typescript: ({ method, url, body, isPublic }) => {
    const headers = [
      isPublic ? "" : `    Authorization: \`Bearer \${env.${KEY_VARIABLE}}\`,`,
      body === undefined ? "" : '    "Content-Type": "application/json",',
    ].filter(Boolean);
    return [
      ...isPublic ? [] : ['import { env } from "node:process";', ""],
      `const response = await fetch("${url}", {`,
      `  method: "${method}",`,
      ...headers.length > 0 ? ["  headers: {", ...headers, "  },"] : [],
      ...body === undefined ? [] : [`  body: JSON.stringify(${indented(pretty(body), "  ")}),`],
      "});",
      "if (!response.ok) throw new Error(await response.text());",
      ...method === "DELETE" ? [] : ["console.log(await response.json());"],
    ].join("\n");
  },

  python: ({ method, url, body, isPublic }) =>
    [
      ...isPublic ? [] : ["import os"],
      "import requests",
      "",
      "response = requests.request(",
      `    "${method}",`,
      `    "${url}",`,
      ...isPublic ? [] : [`    headers={"Authorization": f"Bearer {os.environ['${KEY_VARIABLE}']}"},`],
      ...body === undefined ? [] : [`    json=${indented(pythonLiteral(body), "    ")},`],
      ")",
      "response.raise_for_status()",
      ...method === "DELETE" ? [] : ["print(response.json())"],
    ].join("\n"),
};

export function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A word of a shell's command. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function indented(text: string, by: string): string {
  return text.replaceAll("\n", `\n${by}`);
}

function pythonLiteral(value: unknown): string {
  const names: Record<string, string> = { true: "True", false: "False", null: "None" };
  return pretty(value).replaceAll(
    /("(?:[^"\\]|\\.)*")|\b(true|false|null)\b/g,
    (_match, text: string | undefined, name: string) => text ?? names[name]!,
  );
}
