import assert from "node:assert/strict";
import { createMember } from "../../src/identity/new_members.ts";
import { findUserByEmail } from "../../src/identity/users.ts";
import { openTenant } from "../../src/tenancy/open_tenant.ts";
import type { Browser } from "../support/browser.ts";
import { emailedToken } from "../support/emailed_links.ts";
import type { RawAnswer } from "../support/http.ts";
import { startWorker } from "../support/jobs.ts";
import { PASSWORD, World } from "../support/world.ts";

/**
 * Protects: confirming an address requires proof that the account belongs to the visitor (S14), and programs that open links
 * in emails change nothing (S58).
 */

const ADDRESS = "ada@corp.example";
const FORM = {
  company_name: "Some company",
  subdomain: "mine",
  name: "Ada",
  email: ADDRESS,
  password: PASSWORD,
};

Deno.test("S14 confirming takes one click if the account is signed in, and its password elsewhere", async () => {
  await using world = await World.open();
  await using worker = await startWorker(world, "kv");
  const own = world.browser();
  await own.post(`http://${world.host()}/signup`, FORM);
  await worker.idle();
  const other = world.browser();
  await other.post(`http://${world.host()}/signup`, {
    ...FORM,
    subdomain: "else",
    email: "else@corp.example",
    password: "another password here",
  });
  const token = await emailedToken(world, "verify_address", ADDRESS);
  const isConfirmed = async () =>
    (await findUserByEmail(world.system.control, ADDRESS))!.emailVerifiedAt !== null;

  const refused = [
    await confirm(world, world.browser(), { token }),
    await confirm(world, other, { token }),
    await confirm(world, other, { token, password: "another password here" }),
  ];
  const afterRefusals = await isConfirmed();
  const page = await own.get(`http://${world.host()}/verify-email?token=${token}`);
  const clicked = await confirm(world, own, { token });

  assert.deepEqual(refused.map(({ status }) => status), [422, 422, 422]);
  assert.equal(afterRefusals, false);
  assert.doesNotMatch(page.text, /type="password"/);
  assert.match(clicked.text, /Email confirmed/);
  assert.equal(await isConfirmed(), true);
  assert.match(
    (await own.get(`http://${world.host("mine")}/dashboard`)).url,
    /\/dashboard$/,
    "nobody is signed out",
  );
});

Deno.test("S58 HEAD and two GETs on an emailed link set no cookie and change nothing; then the user's POST works", async () => {
  await using world = await World.open();
  const corp = await world.company("corp");
  const ben = { email: "ben@corp.example", name: "Ben", role: "member" } as const;
  await createMember(await openTenant(world.system, corp.tenant.id), ben, { invite: true });
  await world.browser().post(`http://${world.host()}/signup`, FORM);
  {
    await using worker = await startWorker(world, "kv");
    await worker.idle();
  }
  const confirmation = await emailedToken(world, "verify_address", ADDRESS);
  const invitation = await emailedToken(world, "invitation", "ben@corp.example");
  const paths = [
    `/verify-email?token=${confirmation}`,
    `/verify-email?token=${confirmation}&choose_password`,
    `/reset-password?token=${invitation}`,
  ];
  const before = await world.dumpControl();

  const scans: RawAnswer[] = [];
  for (const path of paths) {
    for (const method of ["HEAD", "GET", "GET"]) scans.push(await world.raw(method, world.host(), path));
  }
  const after = await world.dumpControl();
  const confirmed = await confirm(world, world.browser(), { token: confirmation, password: PASSWORD });
  const set = await world.browser().post(`http://${world.host()}/reset-password`, {
    token: invitation,
    password: "a new and longer password",
  });

  for (const { status, headers } of scans) {
    assert.deepEqual([status, headers["set-cookie"]], [200, undefined]);
  }
  assert.equal(after, before);
  assert.match(confirmed.text, /Email confirmed/);
  assert.equal(set.status, 200);
});

function confirm(world: World, browser: Browser, fields: Record<string, string>) {
  return browser.post(`http://${world.host()}/verify-email`, fields);
}
