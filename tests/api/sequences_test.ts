// Protects: a sequence is changed only while it is stopped, and starts only if every step can be sent.
import assert from "node:assert/strict";
import { sequences } from "../../db/tenant/schema/sequences.ts";
import { changePostalAddress } from "../../src/campaigns/settings.ts";
import { newId } from "../../src/platform/ids.ts";
import { runJobs } from "../support/notifications.ts";
import { PASSWORD, World } from "../support/world.ts";

const STEP = { delay_hours: 24, subject: "Welcome", body: "Hi {{ name | there }}" };
const SEQUENCE = { name: "Welcome", trigger: { type: "tag", value: "Trial" }, steps: [STEP] };

async function open() {
  const world = await World.open();
  const acme = await world.company("acme", "Acme");
  await changePostalAddress(acme.ctx, { postalAddress: "1 Main Street" });
  const token = await world.token(acme);
  const call = (method: string, path = "", body?: unknown, headers = {}) =>
    world.api(method, `/sequences${path}`, { token, headers, ...(body ? { body } : {}) });
  return { world, acme, call, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

Deno.test("201, 200, 204: a sequence is created, listed, read, changed and deleted", async () => {
  await using scene = await open();
  const { call } = scene;

  const made = await call("POST", "", {
    ...SEQUENCE,
    goal: { type: "event", value: "paid" },
    cap_emails: 2,
    cap_days: 7,
    steps: [STEP, { ...STEP, condition: { type: "tag", value: "vip" } }, {
      ...STEP,
      condition: { type: "clicked" },
    }],
  });
  const path = `/${made.json.id}`;
  const [kept] = made.json.steps;
  const changed = await call("PATCH", path, {
    name: "Hello",
    goal: null,
    steps: [{ ...STEP, id: kept.id, subject: "New" }],
  });
  const list = await call("GET");
  const got = await call("GET", path);
  const deleted = await call("DELETE", path);

  assert.deepEqual([made.status, made.json.active, made.json.trigger, made.json.goal, made.json.cap_days], [
    201,
    false,
    { type: "tag", value: "trial" },
    { type: "event", value: "paid" },
    7,
  ]);
  assert.deepEqual(made.json.steps.map(({ condition }: { condition: unknown }) => condition), [
    null,
    { type: "tag", value: "vip" },
    { type: "clicked" },
  ]);
  assert.deepEqual([changed.json.name, changed.json.goal, changed.json.steps.length], ["Hello", null, 1]);
  assert.deepEqual([
    changed.json.steps[0].id,
    changed.json.steps[0].subject,
    changed.json.steps[0].delay_hours,
  ], [
    kept.id,
    "New",
    24,
  ]);
  assert.deepEqual(list.json.data.map(({ name }: { name: string }) => name), ["Hello"]);
  assert.equal(got.json.stats.started, 0);
  assert.deepEqual([deleted.status, (await call("GET", path)).status], [204, 404]);
});

Deno.test("200, 409: an active sequence can only be stopped, and starting or stopping twice changes nothing", async () => {
  await using scene = await open();
  const { call } = scene;
  const { json } = await call("POST", "", SEQUENCE);
  const path = `/${json.id}`;

  const started = await call("POST", `${path}/start`);
  const again = await call("POST", `${path}/start`);
  const same = await call("PATCH", path, { trigger: SEQUENCE.trigger, steps: json.steps });
  const refused = [await call("PATCH", path, { name: "Other" }), await call("DELETE", path)];
  const stopped = await call("POST", `${path}/stop`);
  const changed = await call("PATCH", path, { name: "Other" });

  assert.deepEqual([started.json.active, again.json.active, stopped.json.active], [true, true, false]);
  assert.deepEqual(refused.map(({ status }) => status), [409, 409]);
  assert.match(refused[0]!.json.detail, /Stop the sequence/);
  assert.deepEqual(
    [same.status, same.headers.etag],
    [200, again.headers.etag],
    "the same content is no change",
  );
  assert.equal(changed.json.name, "Other");
});

Deno.test("409: it can't start without steps, with a broken step, or without a postal address", async () => {
  await using scene = await open();
  const { world, call } = scene;
  const broken = {
    "without steps": [],
    "an empty text": [STEP, { ...STEP, body: "" }],
    "an unknown field": [{ ...STEP, body: "{{ nothing }}" }],
    "a broken link": [{ ...STEP, body: "[x](javascript:alert)" }],
  };
  for (const [name, steps] of Object.entries(broken)) {
    const { json } = await call("POST", "", { ...SEQUENCE, steps });
    assert.equal((await call("POST", `/${json.id}/start`)).status, 409, name);
  }
  const other = await world.company("other");
  const token = await world.token(other);
  const { json } = await world.api("POST", "/sequences", { token, body: SEQUENCE });
  const started = await world.api("POST", `/sequences/${json.id}/start`, { token });
  assert.match(started.json.detail, /postal address/);
});

Deno.test("409: a workspace has a hundred sequences at most", async () => {
  await using scene = await open();
  const { acme, call } = scene;
  const now = acme.ctx.services.clock.now();
  const trigger = { type: "tag" as const, value: "trial" };
  const rows = Array.from({ length: 99 }, (_, index) => ({
    id: newId(),
    name: `Sequence ${index}`,
    trigger,
    createdAt: now,
    updatedAt: now,
  }));
  await acme.ctx.tx((tx) => tx.insert(sequences).values(rows));

  const last = await call("POST", "", SEQUENCE);
  const refused = await call("POST", "", SEQUENCE);

  assert.deepEqual([last.status, refused.status], [201, 409]);
  assert.match(refused.json.detail, /can have 100 sequences/);
});

Deno.test("403: it needs campaigns:manage, a plan with campaigns, and to start a confirmed address", async () => {
  await using scene = await open();
  const { world, acme, call } = scene;
  await world.member(acme, "mei@acme.example", "member");
  const member = await world.token(acme, "mei@acme.example");
  const small = await world.token(await world.company("small", "Small", undefined, "starter"));
  const stranger = await world.company(
    "strange",
    "Strange",
    await world.unconfirmedUser("eve@strange.example"),
  );
  const { json } = await call("POST", "", SEQUENCE);
  const token = await world.token(stranger);
  await changePostalAddress(stranger.ctx, { postalAddress: "2 Main Street" });
  const theirs = await world.api("POST", "/sequences", { token, body: SEQUENCE });

  const statuses = [
    await world.api("GET", "/sequences", { token: member }),
    await world.api("POST", `/sequences/${json.id}/start`, { token: member }),
    await world.api("POST", "/sequences", { token: small, body: SEQUENCE }),
    await world.api("POST", `/sequences/${theirs.json.id}/start`, { token }),
  ].map(({ status }) => status);

  assert.deepEqual(statuses, [403, 403, 403, 403]);
});

Deno.test("404, 412, 422: unknown ids, outdated versions and invalid input are refused", async () => {
  await using scene = await open();
  const { call } = scene;
  const { json, headers } = await call("POST", "", SEQUENCE);
  const path = `/${json.id}`;
  await call("PATCH", path, { name: "Changed" });
  const invalid: Record<string, unknown> = {
    "no name": { ...SEQUENCE, name: " " },
    "no tag": { ...SEQUENCE, trigger: { type: "tag", value: "" } },
    "no trigger": { ...SEQUENCE, trigger: { type: "moon", value: "x" } },
    "an unknown list": { ...SEQUENCE, trigger: { type: "list", value: newId() } },
    "half a cap": { ...SEQUENCE, cap_emails: 2 },
    "a negative delay": { ...SEQUENCE, steps: [{ ...STEP, delay_hours: -1 }] },
    "a goal on a list": { ...SEQUENCE, goal: { type: "list", value: newId() } },
    "two steps with one ID": { ...SEQUENCE, steps: [json.steps[0], json.steps[0]] },
    "too many steps": { ...SEQUENCE, steps: Array.from({ length: 31 }, () => STEP) },
  };

  assert.deepEqual(
    [(await call("GET", `/${newId()}`)).status, (await call("POST", "/nowhere/start")).status],
    [404, 404],
  );
  const outdated = await call("PATCH", path, { name: "Mine" }, { "If-Match": headers.etag as string });
  const deleted = await call("DELETE", path, undefined, { "If-Match": headers.etag as string });
  assert.deepEqual([outdated.status, deleted.status], [412, 412]);
  for (const [name, body] of Object.entries(invalid)) {
    assert.equal((await call("POST", "", body)).status, 422, name);
  }
});

Deno.test("a member makes, changes, starts, stops and deletes a sequence on its pages, without JavaScript", async () => {
  await using scene = await open();
  const { world, acme, call } = scene;
  const browser = world.browser();
  const at = (path: string) => `http://${world.host("acme")}/sequences${path}`;
  await browser.post(`http://${world.host("acme")}/login`, { email: acme.owner.email, password: PASSWORD });

  const empty = await browser.get(at(""));
  const refused = await browser.post(at(""), {
    name: "",
    trigger_type: "tag",
    trigger_value: "",
    cap_emails: "x",
  });
  const made = await browser.post(at(""), {
    name: "Welcome",
    trigger_type: "tag",
    trigger_value: "trial",
    goal_type: "tag",
    goal_value: "paid",
    cap_emails: "2",
    cap_days: "7",
  });
  const id = (await call("GET")).json.data[0].id as string;
  const tooSoon = await browser.post(at(`/${id}/start`), {});
  const versionOf = async (path: string) =>
    /name="version" value="(\d+)"/.exec((await browser.get(at(path))).text)![1]!;
  const badStep = await browser.post(at(`/${id}/steps`), {
    version: await versionOf(`/${id}/steps/new`),
    delay_hours: "-1",
    subject: "",
    body: "x",
  });
  await browser.post(at(`/${id}/steps`), {
    version: await versionOf(`/${id}/steps/new`),
    delay_hours: "0",
    condition_type: "all",
    subject: "First",
    body: "Hi",
  });
  await browser.post(at(`/${id}/steps`), {
    version: await versionOf(`/${id}/steps/new`),
    delay_hours: "48",
    condition_type: "tag",
    condition_tag: "vip",
    subject: "Second",
    body: "Hi",
  });
  const { json: { steps } } = await call("GET", `/${id}`);
  await browser.post(at(`/${id}/steps/${steps[1].id}/up`), {});
  const edit = await browser.get(at(`/${id}/steps/${steps[1].id}/edit`));
  await browser.post(at(`/${id}/steps/${steps[1].id}`), {
    version: await versionOf(`/${id}/steps/${steps[1].id}/edit`),
    delay_hours: "72",
    condition_type: "clicked",
    subject: "Second!",
    body: "Hi",
  });
  const shown = await browser.get(at(`/${id}`));
  const first = at(`/${id}/steps/${steps[0].id}`);
  const previewPage = await browser.get(first);
  const preview = await browser.get(`${first}/preview`);
  const tested = await browser.post(`${first}/test`, {});
  await runJobs(world);
  const [test] = await world.emails(acme.owner.email);
  await browser.post(at(`/${id}`), {
    version: await versionOf(`/${id}/edit`),
    name: "Renamed",
    trigger_type: "event",
    trigger_value: "signed_up",
  });
  const started = await browser.post(at(`/${id}/start`), {});
  const stopped = await browser.post(at(`/${id}/stop`), {});
  await browser.post(at(`/${id}/steps/${steps[0].id}/remove`), {});
  const { json: last } = await call("GET", `/${id}`);
  const asked = await browser.get(at(`/${id}/delete`));
  const deleted = await browser.post(at(`/${id}/delete`), {});

  assert.match(empty.text, /Write once, send at the right time/);
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Enter a name\./);
  assert.match(refused.text, /Enter a tag\./);
  assert.match(made.text, /Welcome created\. Now add steps\./);
  assert.match(tooSoon.text, /Add a step first\./);
  assert.match(badStep.text, /Use a whole number of hours.*Enter a subject\./s);
  assert.match(edit.text, /value="vip"/);
  assert.match(
    shown.text,
    /After 3 days, only after a click in the previous email.*Second!.*Immediately.*First/s,
  );
  assert.match(shown.text, /When tagged trial.*When tagged paid.*2 emails in 7 days/s);
  assert.match(previewPage.text, /<iframe[^>]+steps\/[\w-]+\/preview/);
  assert.match(preview.text, /Hi/);
  assert.match(tested.text, /The test is on its way/);
  assert.equal(test!.subject, "[Test] First");
  assert.match(started.text, /Sequence started\./);
  assert.match(stopped.text, /Sequence stopped\./);
  assert.deepEqual([last.name, last.trigger, last.goal, last.cap_emails, last.steps.length], [
    "Renamed",
    { type: "event", value: "signed_up" },
    null,
    null,
    1,
  ]);
  assert.match(asked.text, /Delete Renamed\?/);
  assert.match(deleted.text, /Renamed deleted\./);
});
