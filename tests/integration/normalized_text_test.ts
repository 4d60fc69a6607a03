import assert from "node:assert/strict";
import { listTenants, TENANT_LIST } from "../../src/tenancy/tenants.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: search finds text however it was typed, composed (NFC) or decomposed (NFD). */

const COMPOSED = "Caf\u00e9";
const DECOMPOSED = "Cafe\u0301";

Deno.test("projects and workspaces are stored composed and found in either form", async () => {
  await using world = await World.open();
  const company = await world.company("acme", `${DECOMPOSED} Robotics`);
  const token = await world.token(company);
  const body = { name: DECOMPOSED, description: `The ${DECOMPOSED}` };

  const { json } = await world.api("POST", "/projects", { token, body });
  const found = async (search: string) => [
    (await world.api("GET", `/projects?search=${encodeURIComponent(search)}`, { token })).json.data.length,
    (await listTenants(world.system, TENANT_LIST.query.parse({ search }))).items.length,
  ];

  assert.deepEqual([json.name, json.description], [COMPOSED, `The ${COMPOSED}`]);
  assert.equal(company.tenant.name, `${COMPOSED} Robotics`);
  assert.deepEqual(await found(DECOMPOSED), [1, 1]);
  assert.deepEqual(await found(COMPOSED), [1, 1]);
});

Deno.test("an invisible name is rejected with the field's own message", async () => {
  await using world = await World.open();
  const token = await world.token(await world.company("acme"));
  const invisible = "\u200b\u3164";

  const project = await world.api("POST", "/projects", { token, body: { name: invisible } });
  const signUp = await world.browser().post(`http://${world.host()}/signup`, {
    company_name: invisible,
    subdomain: "other",
    name: invisible,
    email: "ada@other.example",
    password: PASSWORD,
  });

  assert.deepEqual([project.status, project.json.errors[0].message], [422, "Enter a name."]);
  assert.equal(signUp.status, 422);
  assert.match(signUp.text, /Enter your company name\./);
  assert.match(signUp.text, /Enter your name\./);
});
