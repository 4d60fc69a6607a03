import assert from "node:assert/strict";
import { type AuditEntry, recentAudit } from "../../src/audit/audit_log.ts";
import { sentenceOf } from "../../src/events/sentence.ts";
import { translatorTo } from "../../views/wording.ts";
import { World } from "../support/world.ts";

/** Protects: /api/v1/invitations keeps its contract, status by status, and each change leaves its line in the audit log. */

Deno.test("invitations", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme", "Acme", await world.user("ada@acme.example", "Ada Okafor"));
  await world.member(acme, "mei@acme.example", "viewer");
  const token = await world.token(acme);
  const post = (body: unknown) => world.api("POST", "/invitations", { token, body });

  await t.step("201 answers the same for an address with and without an account", async () => {
    await world.user("known@partner.example");

    const answers = [
      await post({ email: " New@Partner.example ", role: "admin" }),
      await post({ email: "known@partner.example" }),
    ];

    const [first, second] = answers.map(({ json }) => json);
    assert.deepEqual(answers.map(({ status }) => status), [201, 201]);
    assert.deepEqual(first, {
      id: first.id,
      email: "new@partner.example",
      role: "admin",
      invited_by: "Ada Okafor",
      created_at: "2026-03-02T09:00:00.000Z",
      expires_at: "2026-03-09T09:00:00.000Z",
    });
    assert.deepEqual({ ...second, id: first.id }, {
      ...first,
      email: "known@partner.example",
      role: "member",
    });
  });

  await t.step("the list has each of them once, also after a second invitation", async () => {
    const again = await post({ email: "known@partner.example", role: "viewer" });
    const { json } = await world.api("GET", "/invitations", { token });
    const { json: found } = await world.api("GET", "/invitations?search=new@", { token });

    assert.equal(again.status, 201);
    assert.deepEqual(
      json.data.map(({ email, role }: { email: string; role: string }) => [email, role]).sort(),
      [["known@partner.example", "viewer"], ["new@partner.example", "admin"]],
    );
    assert.equal(json.next_cursor, null);
    assert.equal(found.data.length, 1);
  });

  await t.step("409 for a member, 422 for a bad address or role, 404 for an unknown invitation", async () => {
    const member = await post({ email: "mei@acme.example" });
    const badAddress = await post({ email: "mei@" });
    const badRole = await post({ email: "leo@partner.example", role: "king" });
    const unknown = await world.api("DELETE", "/invitations/0198c0de-0000-7000-8000-000000000000", { token });

    assert.deepEqual([member.status, badAddress.status, badRole.status, unknown.status], [
      409,
      422,
      422,
      404,
    ]);
    assert.match(member.json.detail, /mei@acme\.example is already a member of Acme/);
    assert.equal(badAddress.json.errors[0].field, "email");
    assert.equal(badRole.json.errors[0].code, "role_unknown");
  });

  await t.step(
    "403 for an inviter with an unconfirmed address, and for a role that can't manage members",
    async () => {
      const stranger = await world.unconfirmedUser("new@mine.example");
      const mine = await world.company("mine", "Mine", stranger);
      const body = { email: "victim@corp.example" };

      const unconfirmed = await world.api("POST", "/invitations", { token: await world.token(mine), body });
      const viewer = await world.api("POST", "/invitations", {
        token: await world.token(acme, "mei@acme.example"),
        body,
      });

      assert.deepEqual([unconfirmed.status, viewer.status], [403, 403]);
      assert.match(unconfirmed.json.detail, /Confirm your email address first/);
    },
  );

  await t.step("the log says who invited whom, who was revoked, and who left", async () => {
    const { json } = await world.api("GET", "/invitations?search=new@", { token });
    await world.api("DELETE", `/invitations/${json.data[0].id}`, { token });
    const { json: members } = await world.api("GET", "/members?search=mei", { token });
    await world.api("PATCH", `/members/${members.data[0].id}`, { token, body: { role: "member" } });
    await world.api("DELETE", `/members/${members.data[0].id}`, { token });

    const [lines] = await acme.ctx.read((tx) => [recentAudit(tx, { limit: 6 })]);
    const sentence = (line: AuditEntry) => sentenceOf(world.services.events, line, translatorTo("en"));
    const said = lines.map((line) => `${line.actorName} ${sentence(line)}`);
    assert.deepEqual(said.toReversed(), [
      "Ada Okafor invited new@partner.example as admin",
      "Ada Okafor invited known@partner.example as member",
      "Ada Okafor invited known@partner.example as viewer",
      "Ada Okafor revoked the invitation of new@partner.example",
      "Ada Okafor changed the role of mei from viewer to member",
      "Ada Okafor ended the membership of mei",
    ]);
  });
});
