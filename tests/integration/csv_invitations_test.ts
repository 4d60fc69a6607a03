import assert from "node:assert/strict";
import { invitations } from "../../db/control/schema/invitations.ts";
import { invite } from "../../src/access/invitations.ts";
import { PASSWORD, World } from "../support/world.ts";

/** Protects: a list of people is checked line by line before anyone on it is invited, and then all of them or nobody. */

const LIST = `Role;Email
admin;ben@new.example

;"Ida@New.example"
king;mia@new.example
viewer;ben@new.example
owner;leo@new.example
;noa@
viewer;mei@acme.example
member;sam@new.example`;

Deno.test("inviting by CSV", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme");
  await world.member(acme, "kim@acme.example", "admin");
  await world.member(acme, "mei@acme.example", "viewer");
  await invite(acme.ctx, { email: "sam@new.example", role: "viewer" });
  const token = await world.token(acme, "kim@acme.example");
  const send = (csv: string, dry_run?: boolean) =>
    world.api("POST", "/invitations/batch", { token, body: { csv, dry_run } });
  const count = () => world.system.control.$count(invitations);

  await t.step("a line with an error says why, and nobody is invited", async () => {
    const { status, json } = await send(LIST);

    assert.equal(status, 200);
    assert.deepEqual(
      json.lines.map((
        line: Record<string, unknown>,
      ) => [line.line, line.email, line.role, line.status, line.code]),
      [
        [2, "ben@new.example", "admin", "new", null],
        [4, "ida@new.example", "member", "new", null],
        [5, "mia@new.example", "king", "error", "role_unknown"],
        [6, "ben@new.example", "viewer", "error", "address_listed_twice"],
        [7, "leo@new.example", "owner", "error", "role_too_high"],
        [8, "noa@", "", "error", "email_invalid"],
        [9, "mei@acme.example", "viewer", "member", null],
        [10, "sam@new.example", "member", "again", null],
      ],
    );
    assert.equal(json.lines[3].message, "This address is already on line 2.");
    assert.deepEqual([json.sent, await count()], [0, 1]);
  });

  await t.step("a dry run invites nobody, and the same list then invites all of them", async () => {
    const list = "ben@new.example,admin\nida@new.example\nmei@acme.example";

    const dry = await send(list, true);
    const before = await count();
    const wet = await send(list);

    assert.deepEqual([dry.json.sent, before], [0, 1]);
    assert.deepEqual([wet.json.sent, await count()], [2, 3]);
  });

  await t.step("422 for an empty or too long list", async () => {
    const answers = [await send("\n ,\n"), await send("x@new.example\n".repeat(201))];

    assert.deepEqual(answers.map(({ status }) => status), [422, 422]);
    assert.deepEqual(answers.map(({ json }) => json.errors[0].code), ["csv_empty", "csv_too_long"]);
  });

  await t.step("on the page, a file is checked first and kept in the form, then sent", async () => {
    const browser = world.browser();
    const host = `http://${world.host("acme")}`;
    await browser.post(`${host}/login`, { email: "kim@acme.example", password: PASSWORD });
    const page = `${host}/team/invitations/import`;

    const wrong = await browser.upload(page, { csv: "noa@", step: "send" });
    const file = new File(["jo@new.example,viewer\n"], "people.csv", { type: "text/csv" });
    const checked = await browser.upload(page, { csv: "", file, step: "check" });
    const sent = await browser.upload(page, { csv: "jo@new.example,viewer\n", step: "send" });

    assert.match(wrong.text, /1 line has an error/);
    assert.doesNotMatch(wrong.text, /value="send"/);
    assert.match(checked.text, /1 person will be invited/);
    assert.match(checked.text, /<textarea[^>]*>\s*jo@new\.example,viewer/);
    assert.match(checked.text, /value="send"/);
    assert.equal(sent.url, `${host}/team/invitations`);
    assert.match(sent.text, /1 invitation was sent/);
  });
});
