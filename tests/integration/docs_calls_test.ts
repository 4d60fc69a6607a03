import assert from "node:assert/strict";
import { hashPassword } from "../../src/identity/passwords.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { samplePushSubscription } from "../support/push_service.ts";
import { usePublicAddresses } from "../support/webhooks.ts";
import { startWorker } from "../support/jobs.ts";
import { type Block, everyBlock } from "../support/guide_blocks.ts";
import { isInstalled, runScript } from "../support/shell_script.ts";
import { type Company, World } from "../support/world.ts";

/** Protects: every call in the API's guides works as it stands there. A shell runs them, so without curl they are skipped. */

/** Of Ada, in the guides. */
const PASSWORD = "correct horse battery";
const CALL = /\bcurl /g;

Deno.test({
  name: "every call in the API's guides succeeds",
  ignore: !await isInstalled("curl"),
  async fn(t) {
    await using world = await World.open();
    const folder = await Deno.makeTempDir({ dir: "/tmp", prefix: "denizen-" });
    const ada = await world.user("ada@acme.example", "Ada Okafor");
    await world.setPasswordHash(ada, await hashPassword(PASSWORD));
    const acme = await world.company("acme", "Acme Robotics", ada);
    const small = await world.company("small", "Small Ltd", undefined, "starter");
    const blocks = (await everyBlock()).filter(({ guide, language }) =>
      guide.startsWith("docs/api/") && language === "sh"
    );
    const variables = await variablesOf(world, acme);

    for (const block of blocks) {
      await t.step(`${block.guide}, line ${block.line}`, async () => {
        const own = {
          ...variables,
          ID: await idFor(block, world, acme),
          ...block.guide.endsWith("/billing.md") ? { TOKEN: await world.token(small) } : {},
        };
        const script = block.code.replaceAll("localhost:8000", world.host())
          .replaceAll("https://acme.denizen.example", `http://${world.host("acme")}`);

        const { text, statuses } = await runScript(`cd ${folder}\n${script}`, own);

        assert.equal(statuses.length, block.code.match(CALL)?.length, text);
        assert.ok(statuses.every((status) => status >= 200 && status < 300), text);
      });
    }

    await Deno.remove(folder, { recursive: true });
    assert.ok(blocks.length > 30, `${blocks.length} blocks`);
  },
});

/** What the guides' calls have in their variables, apart from ids. */
async function variablesOf(world: World, company: Company): Promise<Record<string, string>> {
  const token = await world.token(company);
  const { json: key } = await world.api("POST", "/api-keys", {
    token,
    body: { name: "Guides", permissions: ["projects:read", "analytics:write", "members:read"] },
  });
  usePublicAddresses(world);
  const body = samplePushSubscription("https://push.example.net/send/abc");
  await world.api("POST", "/push-subscriptions", { token, body });
  await addContacts(company.ctx, [{ email: "mei@example.com", name: "Mei Tanaka" }]);
  await world.api("GET", "/export", { token });
  await using worker = await startWorker(world, "kv");
  await worker.idle();
  const { json: archive } = await world.api("GET", "/export", { token });
  return {
    API: `http://${world.host()}/api/v1`,
    TOKEN: token,
    API_KEY: key.api_key,
    DOWNLOAD_URL: archive.download_url,
  };
}

/** The id of a new thing of the kind that the block works with. */
async function idFor({ code }: Block, world: World, company: Company): Promise<string> {
  const [, path] = /\/([\w-]+)\/\$ID\b/.exec(code) ?? [];
  if (path === undefined) return "";
  if (path === "campaigns") return (await readyCampaign(company.ctx)).id;
  const bodies: Record<string, unknown> = {
    projects: { name: "Gripper calibration" },
    "saved-reports": { name: "Orders", kind: "funnel", steps: ["page_viewed", "order_placed"] },
    sequences: {
      name: "Welcome",
      trigger: { type: "tag", value: "new" },
      steps: [{ delay_hours: 24, subject: "Welcome", body: "Hello" }],
    },
  };
  const token = await world.token(company);
  const { json, text } = await world.api("POST", `/${path}`, { token, body: bodies[path] });
  assert.ok(json.id, text);
  return json.id;
}
