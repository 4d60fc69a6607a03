import assert from "node:assert/strict";
import { isAssignable } from "../../src/access/permissions.ts";
import { reference } from "../../routes/site/docs/docs.tsx";
import { codeSample } from "../../views/pages/docs/code_samples.ts";
import type { Language, ReferenceOperation } from "../../views/pages/docs/reference.ts";
import { Customer, GOOD_CARD } from "../support/billing.ts";
import { showSendingDomain } from "../support/sending_domains.ts";
import { shell } from "../support/postgres_programs.ts";
import { isInstalled, runScript } from "../support/shell_script.ts";
import { usePublicAddresses } from "../support/webhooks.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: the samples of the reference work as they stand there. A language that is missing skips its step. */

const OPERATIONS = reference().flatMap(({ operations }) => operations);
const DONE = "done:";
/** What no permission of an API key opens. */
const FOR_PEOPLE = new Set(["getCustomDomain", "getExport", "listCustomDomains", "listNotifications"]);
/** Each is a program of its own: its imports, and how it runs the samples of a folder in one process. */
const PROGRAMS = {
  typescript: {
    extension: "ts",
    main: (names: string[]) => [
      "async function run() {",
      ...names.map((name) =>
        `await import("./${name}.ts").then(() => console.log("${DONE}${name}"), (error) => console.log("${name}", error));`
      ),
      "}",
      "run();",
    ],
    run: "deno run --check --quiet --allow-net --allow-env main.ts",
  },
  python: {
    extension: "py",
    main: (names: string[]) => [
      "import runpy",
      `for name in ${JSON.stringify(names)}:`,
      "    try:",
      '        runpy.run_path(name + ".py")',
      `        print("${DONE}" + name)`,
      "    except Exception as error:",
      "        print(name, error)",
    ],
    run: "python3 -u main.py",
  },
};

Deno.test("the samples of operations that read, that change and that answer nothing succeed", async (t) => {
  await using world = await World.open();
  const company = await world.company("acme");
  const variables = await variablesOf(world, company);
  const ids = await idsOf(world, company);
  const origin = `http://${world.host("acme")}`;
  const createProject = OPERATIONS.find(({ id }) => id === "createProject")!;
  const signOut = OPERATIONS.find(({ id }) => id === "signOut")!;
  const operations = [
    ...OPERATIONS.filter(({ method }) => method === "GET").map((each) => withId(each, ids)),
    createProject,
    signOut,
  ].toSorted((one, other) => Number(one.content === "events") - Number(other.content === "events"));

  await t.step({
    name: "in curl",
    ignore: !await isInstalled("curl"),
    async fn() {
      const script = operations.map((operation) => codeSample(operation, origin, "curl")).join("\n");

      const { statuses } = await runScript(script, variables);

      const failed = operations.map(({ id }, index) => `${id} ${statuses[index]}`)
        .filter((outcome) => !/ 2\d\d$/.test(outcome));
      assert.deepEqual(failed, []);
    },
  });

  for (const language of ["typescript", "python"] as const) {
    await t.step({
      name: `in ${language}, where the stream's lines come one by one`,
      ignore: language === "python" && !(await shell("python3 -c 'import requests'")).success,
      async fn() {
        const output = await runProgram(language, operations, origin, variables);

        const ended = operations.filter(({ content }) => content !== "events");
        const missing = ended.filter(({ id }) => !output.includes(`${DONE}${id}\n`)).map(({ id }) => id);
        assert.deepEqual(missing, [], output);
        assert.match(output, /^retry: \d+$/m);
      },
    });
  }
});

Deno.test("a sample shows a token where only a person may call, and never a parameter's name for its value", () => {
  const sampleOf = (id: string) =>
    codeSample(OPERATIONS.find((each) => each.id === id)!, "https://acme.example.com", "curl");

  assert.match(sampleOf("listFactors"), /-H "Authorization: Bearer \$DENIZEN_TOKEN"/);
  assert.match(sampleOf("listProjects"), /-H "X-API-Key: \$DENIZEN_API_KEY"/);
  assert.doesNotMatch(sampleOf("signIn"), /DENIZEN/);
  for (const operation of OPERATIONS) assert.doesNotMatch(operation.examplePath, /[{}]|undefined|null/);
});

async function variablesOf(world: World, company: Company): Promise<Record<string, string>> {
  const token = await world.token(company);
  const permissions = world.services.permissions.filter(isAssignable).map(({ key }) => key);
  const { json: key } = await world.api("POST", "/api-keys", {
    token,
    body: { name: "Samples", permissions },
  });
  return {
    DENIZEN_API_KEY: key.api_key,
    DENIZEN_TOKEN: await world.accountToken(company.owner.email),
    http_proxy: `http://${world.host()}`, // Deno and Python find no address for acme.localhost
  };
}

/** The id of something of each kind, by the path of the operation that reads it. Most are created by the document's own example. */
async function idsOf(world: World, company: Company): Promise<Map<string, string>> {
  const token = await world.token(company);
  usePublicAddresses(world);
  await (await Customer.of(world, company)).buy(GOOD_CARD, { plan: "premium" });
  const { json: invoices } = await world.api("GET", "/invoices", { token });
  await showSendingDomain(world, company);
  await world.member(company, "ben@acme.example", "admin");
  const { json: members } = await world.api("GET", "/members?search=ben", { token });
  await world.api("POST", "/ownership-offer", { token, body: { member_id: members.data[0].id } });
  const ids = new Map([["/features", "api_access"], ["/invoices", invoices.data[0].id], [
    "/tenants",
    company.tenant.id,
  ]]);
  for (const { method, path, bodyExample: body } of OPERATIONS) {
    const isRead = OPERATIONS.some((each) => each.method === "GET" && collectionOf(each) === path);
    if (method !== "POST" || !isRead || ids.has(path)) continue;
    const { status, json, text } = await world.api("POST", path, { token, body });
    assert.equal(status, 201, `${path}: ${text}`);
    ids.set(path, json.id);
  }
  const { json: link } = await world.api("POST", `/saved-reports/${ids.get("/saved-reports")}/link`, {
    token,
  });
  await world.api("POST", `/webhook-endpoints/${ids.get("/webhook-endpoints")}/test`, { token });
  const { json: deliveries } = await world.api("GET", "/webhook-deliveries", { token });
  return ids.set("/shared-reports", link.url.split("/").at(-1)).set(
    "/webhook-deliveries",
    deliveries.data[0].id,
  );
}

/** `/projects` of `/projects/{id}`. */
function collectionOf({ path }: ReferenceOperation): string | undefined {
  return /^(.+)\/\{\w+\}$/.exec(path)?.[1];
}

function withId(operation: ReferenceOperation, ids: Map<string, string>): ReferenceOperation {
  const collection = collectionOf(operation);
  const credential = FOR_PEOPLE.has(operation.id) ? "token" : operation.credential;
  const examplePath = collection ? `${collection}/${ids.get(collection)}` : operation.examplePath;
  return { ...operation, credential, examplePath };
}

/** Runs the samples in one process, and ends it at the first line of the stream, which comes last. Returns the output. */
async function runProgram(
  language: Exclude<Language, "curl">,
  operations: ReferenceOperation[],
  origin: string,
  variables: Record<string, string>,
): Promise<string> {
  const { extension, main, run } = PROGRAMS[language];
  const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "denizen-" });
  for (const operation of operations) {
    await Deno.writeTextFile(
      `${folder}/${operation.id}.${extension}`,
      codeSample(operation, origin, language),
    );
  }
  const program = main(operations.map(({ id }) => id)).join("\n");
  await Deno.writeTextFile(`${folder}/main.${extension}`, program);
  const assignments = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`).join("; ");
  const { stdout } = await shell(
    `cd ${folder}; ${assignments}; timeout 120 ${run} >output 2>&1 & pid=$!
    while kill -0 $pid && ! grep -q ^retry output; do sleep 0.1; done; kill $pid; cat ${folder}/output`,
  );
  await Deno.remove(folder, { recursive: true });
  return stdout;
}
