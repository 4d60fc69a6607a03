import type { Credential, Language, ReferenceOperation } from "./reference.ts";

export const LANGUAGE_NAMES: Record<Language, string> = {
  curl: "curl",
  typescript: "TypeScript",
  python: "Python",
};

type Header = { name: string; scheme: string; variable: string };

/** The header that authenticates a sample, and the environment variable that holds the reader's secret. */
const HEADERS: Record<Exclude<Credential, "none">, Header> = {
  key: { name: "X-API-Key", scheme: "", variable: "DENIZEN_API_KEY" },
  token: { name: "Authorization", scheme: "Bearer ", variable: "DENIZEN_TOKEN" },
};

type Sample = Pick<ReferenceOperation, "method" | "content"> & {
  url: string;
  body: unknown;
  /** Undefined if the operation needs no credentials. */
  header: Header | undefined;
};

const COMMENTS: Record<Language, string> = { curl: "#", typescript: "//", python: "#" };

/** Code that calls an operation of the workspace at `origin`, under a comment if there is one. */
export function codeSample(
  operation: ReferenceOperation,
  origin: string,
  language: Language,
  comment = "",
): string {
  const { method, content, examplePath, bodyExample: body, credential } = operation;
  const header = credential === "none" ? undefined : HEADERS[credential];
  const code = WRITERS[language]({ method, content, url: `${origin}/api/v1${examplePath}`, body, header });
  return comment ? `${COMMENTS[language]} ${comment}\n${code}` : code;
}

const WRITERS: Record<Language, (sample: Sample) => string> = {
  curl: ({ method, content, url, body, header }) =>
    [
      `curl ${content === "events" ? "-N " : ""}${method === "GET" ? "" : `-X ${method} `}${quoted(url)}`,
      header ? `-H "${header.name}: ${header.scheme}$${header.variable}"` : "",
      body === undefined ? "" : "-H 'Content-Type: application/json'",
      body === undefined ? "" : `-d ${quoted(pretty(body))}`,
    ].filter(Boolean).join(" \\\n  "),

  typescript: ({ method, content, url, body, header }) => {
    const imports = [
      ...header ? ['import { env } from "node:process";'] : [],
      ...content === "events" ? ['import { createInterface } from "node:readline";'] : [],
      ...content === "events" ? ['import { Readable } from "node:stream";'] : [],
    ];
    const headers = [
      header ? `    ${headerInTypeScript(header)},` : "",
      body === undefined ? "" : '    "Content-Type": "application/json",',
    ].filter(Boolean);
    return [
      ...imports.length > 0 ? [...imports, ""] : [],
      `const response = await fetch("${url}", {`,
      `  method: "${method}",`,
      ...headers.length > 0 ? ["  headers: {", ...headers, "  },"] : [],
      ...body === undefined ? [] : [`  body: JSON.stringify(${indented(pretty(body), "  ")}),`],
      "});",
      "if (!response.ok) throw new Error(await response.text());",
      ...READ_IN_TYPESCRIPT[content],
    ].join("\n");
  },

  python: ({ method, content, url, body, header }) =>
    [
      ...header ? ["import os"] : [],
      "import requests",
      "",
      "response = requests.request(",
      `    "${method}",`,
      `    "${url}",`,
      ...header ? [`    headers={${headerInPython(header)}},`] : [],
      ...body === undefined ? [] : [`    json=${indented(pythonLiteral(body), "    ")},`],
      ...content === "events" ? ["    stream=True,"] : [],
      ")",
      "response.raise_for_status()",
      ...READ_IN_PYTHON[content],
    ].join("\n"),
};

const READ_IN_TYPESCRIPT: Record<ReferenceOperation["content"], string[]> = {
  json: ["console.log(await response.json());"],
  events: [
    "const lines = createInterface({ input: Readable.from(response.body!) });",
    "for await (const line of lines) console.log(line);",
  ],
  nothing: [],
};

const READ_IN_PYTHON: Record<ReferenceOperation["content"], string[]> = {
  json: ["print(response.json())"],
  events: ["for line in response.iter_lines(decode_unicode=True):", "    print(line)"],
  nothing: [],
};

function headerInTypeScript({ name, scheme, variable }: Header): string {
  const value = scheme ? `\`${scheme}\${env.${variable}}\`` : `env.${variable}!`;
  return `${/^\w+$/.test(name) ? name : `"${name}"`}: ${value}`;
}

function headerInPython({ name, scheme, variable }: Header): string {
  const value = `os.environ["${variable}"]`;
  return `"${name}": ${scheme ? `"${scheme}" + ${value}` : value}`;
}

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
