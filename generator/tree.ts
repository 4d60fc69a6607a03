import { renamed } from "./template.ts";
import type { Names } from "./resource.ts";
import { refuse } from "./refusal.ts";

const TEMPLATES = "generator/templates/";
const EXTENSION = ".template";

/** A template and the file that a resource gets from it. */
export type TemplateFile = { template: string; file: string };

/** Every file that a resource may have. */
export async function filesOf(root: URL, names: Names): Promise<TemplateFile[]> {
  const templates = await filesBelow(root, TEMPLATES);
  return templates.map((template) => ({
    template,
    file: renamed(template.slice(TEMPLATES.length, -EXTENSION.length), names),
  }));
}

/** The files below a folder that ends with a slash. Empty if there is no such folder. */
export async function filesBelow(root: URL, folder: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
      if (isDirectory) files.push(...await filesBelow(root, `${folder}${name}/`));
      else files.push(folder + name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}

export async function exists(root: URL, file: string): Promise<boolean> {
  return await Deno.stat(new URL(file, root)).then(() => true, () => false);
}

/** Runs Deno in the project's folder. Refuses with its output if it fails. */
export async function deno(root: URL, ...args: string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("deno", { args, cwd: root.pathname }).output();
  const decoder = new TextDecoder();
  if (!success) refuse(`deno ${args.join(" ")} failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}
