const ROOT = new URL("../../", import.meta.url);

/** What a file imports without `import()`, and what that imports. */
export async function staticImportsOf(file: string): Promise<{ files: string[]; packages: string[] }> {
  const { stdout } = await new Deno.Command("deno", { args: ["info", "--json", file], cwd: ROOT }).output();
  const graph = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: { specifier: string; dependencies?: { code?: { specifier: string }; isDynamic?: true }[] }[];
  };
  const reached = new Set<string>(graph.roots);
  for (const specifier of reached) {
    const found = graph.modules.find((each) => each.specifier === specifier);
    for (const { code, isDynamic } of found?.dependencies ?? []) {
      if (code && !isDynamic) reached.add(code.specifier);
    }
  }
  const inProject = [...reached].filter((each) => !each.includes("/node_modules/"));
  const outside = [...reached].filter((each) => each.includes("/node_modules/"));
  return {
    files: inProject.map((each) => each.replace(ROOT.href, "")).sort(),
    packages: outside.map((each) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(each)![1]!),
  };
}
