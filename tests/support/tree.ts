import { dirname, join } from "node:path";
import { shortLived } from "./v8_flags.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const NOT_COPIED = new Set([".git", ".data", "dist", "node_modules", "views/static/app.css"]);

/** A copy of the project's files. */
export class Tree implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async copy(): Promise<Tree> {
    const folder = await Deno.makeTempDir({ prefix: "denizen-tree-" });
    for (const file of await filesBelow(ROOT)) {
      await Deno.mkdir(join(folder, dirname(file)), { recursive: true });
      await Deno.copyFile(join(ROOT, file), join(folder, file));
    }
    const tree = new Tree(folder);
    await tree.run("deno install --frozen --quiet");
    return tree;
  }

  get root(): URL {
    return new URL(`file://${this.folder}/`);
  }

  /** Runs a command without a shell. Throws with its output if it fails. */
  async run(command: string): Promise<string> {
    const [program, ...args] = command.split(" ");
    const env = { DENO_JOBS: "2", NO_COLOR: "1", ...shortLived() };
    const { success, stdout, stderr } = await new Deno.Command(program!, { args, cwd: this.folder, env })
      .output();
    const [output, problems] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) throw new Error(`${command}\n${output}\n${problems}`);
    return output!;
  }

  /** The text of every file, by its path. */
  async read(): Promise<Map<string, string>> {
    const files = await filesBelow(this.folder);
    const texts = files.map(async (file) =>
      [file, await Deno.readTextFile(join(this.folder, file))] as const
    );
    return new Map(await Promise.all(texts));
  }

  async write(file: string, text: string): Promise<void> {
    await Deno.mkdir(join(this.folder, dirname(file)), { recursive: true });
    await Deno.writeTextFile(join(this.folder, file), text);
  }

  remove(file: string): Promise<void> {
    return Deno.remove(join(this.folder, file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The files below a folder, by their paths in it. */
async function filesBelow(root: string, folder = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, folder))) {
    if (NOT_COPIED.has(join(folder, name))) continue;
    if (isDirectory) files.push(...await filesBelow(root, join(folder, name)));
    else if (isFile) files.push(join(folder, name));
  }
  return files.sort();
}
