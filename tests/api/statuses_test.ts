import assert from "node:assert/strict";
import { DOCUMENT, OPERATIONS } from "../support/contract.ts";
import { sampleBody } from "../support/sample_body.ts";
import { World } from "../support/world.ts";

/**
 * Protects: every operation of the API answers with the statuses that the document promises, whatever resource it is about.
 * tests/security/role_table_test.ts checks 403 for every role, and tests/security/api_bodies_test.ts checks 413.
 */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

type Operation = (typeof OPERATIONS)[number];

const NEEDS_CREDENTIALS = ({ security }: Operation) => security.length > 0;
const IS_CHANGE = ({ method }: Operation) => method !== "GET";
const HAS_BODY = ({ requestBody }: Operation) => requestBody !== undefined;
const HAS_REQUIRED_FIELD = ({ requestBody }: Operation) => requestBody?.required === true;
const IS_LIST = ({ responses: { 200: answer } }: Operation) => {
  const { schema } = answer && "content" in answer ? answer.content!["application/json"] ?? {} : {};
  const page = DOCUMENT.components.schemas![String(schema?.$ref).split("/").at(-1)!];
  return Object.hasOwn(page?.properties ?? {}, "next_cursor");
};
const TAKES_KEY = ({ parameters = [] }: Operation) =>
  parameters.some(({ name }) => name === "Idempotency-Key");
const HAS_ID = ({ path }: Operation) => /\{\w+\}/.test(path);

/** They need more than a token before they look at what was sent. */
const PROOF_FIRST = new Set(["emailReauthentication", "textReauthentication", "reauthenticate"]);

type Case = {
  status: number;
  when: string;
  applies(operation: Operation): boolean;
  headers?: Record<string, string>;
  query?: string;
  body?: unknown;
  withoutToken?: true;
};

const CASES: Case[] = [
  { status: 401, when: "without credentials", applies: NEEDS_CREDENTIALS, withoutToken: true },
  {
    status: 401,
    when: "with a token that isn't one",
    applies: NEEDS_CREDENTIALS,
    withoutToken: true,
    headers: { Authorization: "Bearer a.b.c" },
  },
  {
    status: 400,
    when: "with a malformed Idempotency-Key",
    applies: TAKES_KEY,
    headers: { "Idempotency-Key": "two words" },
  },
  {
    status: 412,
    when: "with an If-Match that names no current version",
    applies: (operation) => IS_CHANGE(operation) && NEEDS_CREDENTIALS(operation) && !HAS_ID(operation),
    headers: { "If-Match": '"7", "8"' },
  },
  { status: 415, when: "with text", applies: HAS_BODY, headers: { "Content-Type": "text/plain" } },
  { status: 422, when: "without the required fields", applies: HAS_REQUIRED_FIELD, body: {} },
  { status: 422, when: "with a limit of 0", applies: IS_LIST, query: "?limit=0" },
  {
    status: 404,
    when: "for an unknown id",
    applies: (operation) => HAS_ID(operation) && !/^\/roles/.test(operation.path),
  },
];

for (const { status, when, applies, headers = {}, query = "", body, withoutToken } of CASES) {
  Deno.test(`${status} ${when}, for every operation`, async (t) => {
    await using world = await World.open();
    const company = await world.company("acme");
    const tokens = {
      tenant: await world.token(company),
      account: await world.accountToken(company.owner.email),
    };
    const operations = OPERATIONS.filter((each) => applies(each) && !PROOF_FIRST.has(each.operationId));
    assert.ok(operations.length >= 5);

    for (const { operationId, method, path, requestBody } of operations) {
      await t.step(operationId, async () => {
        const token = path.startsWith("/me") || path.startsWith("/auth") || path === "/tenants"
          ? tokens.account
          : tokens.tenant;
        const answer = await world.api(method, path.replace(/\{\w+\}/, UNKNOWN_ID) + query, {
          token: withoutToken ? undefined : token,
          headers,
          body: requestBody ? body ?? sampleBody(method, path, "sample") : undefined,
        });

        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.json.status, status);
      });
    }
  });
}
