import assert from "node:assert/strict";
import { eq } from "drizzle-orm";
import { tenants } from "../../db/control/schema/tenants.ts";
import { createApp } from "../../routes/app.ts";
import { TENANTS } from "../../src/tenancy/tenant_directory.ts";
import { OPERATIONS } from "../support/contract.ts";
import { sampleBody } from "../support/sample_body.ts";
import { type Company, PASSWORD, World } from "../support/world.ts";

/**
 * Protects: while a failed payment makes a workspace read-only, everything in it can be read, and nothing can be changed but what pays,
 * protects or leaves. A new operation or page is tested automatically. If it stays, it needs a line here.
 */

const UNKNOWN_ID = "0198c0de-0000-7000-8000-000000000000";

/** Changes that stay: about the person, their notifications, payments, keys, members, ownership, leaving, and usage and events, which count on. */
const STAYS =
  /^\w+ \/(auth\/|me(\/|$)|tenants$|tenants\/\{id\}\/(deletion|membership)$|subscription|usage|events|notifications\/|push-subscriptions|api-keys|members|invitations|join-domains|ownership-offer)|^DELETE \/tenants\/\{id\}$/;

/** Would end the sign-in of this test. */
const SKIPPED = /^POST \/auth\/logout$|^GET \/events\/stream$/;

/** Forms of changes, which say that the workspace is read-only instead. */
const FORMS = /\/(new|edit|delete|remove|secret)$|^\/settings\/(api|brand|analytics\/key)$/;
const NOT_OPENED = /^\/(dev|api|static|logout|contact|subscribe)(\/|$)/;

Deno.test("a read-only workspace refuses each operation that changes something, and answers each that reads", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await restrict(world, acme);
  const token = await world.token(acme);

  for (const { method, path } of OPERATIONS.filter((each) => !SKIPPED.test(`${each.method} ${each.path}`))) {
    const operation = `${method} ${path}`;
    await t.step(operation, async () => {
      const body = ["POST", "PUT", "PATCH"].includes(method) ? sampleBody(method, path, "Sample") : undefined;
      const id = path.startsWith("/tenants/") ? acme.tenant.id : UNKNOWN_ID;

      const { status, json } = await world.api(method, path.replaceAll(/\{\w+\}/g, id), { token, body });

      const isRefused = status === 403 && /read-only/.test(json.detail);
      const mayChange = method === "GET" || STAYS.test(operation);
      assert.equal(isRefused ? "refused" : "stays", mayChange ? "stays" : "refused", `${status}`);
      assert.ok(status < 500, `${status}`);
      if (operation === "DELETE /tenants/{id}") await restrict(world, acme);
    });
  }
});

Deno.test("a read-only workspace shows each of its pages, and forms of changes lead to the invoice", async (t) => {
  await using world = await World.open();
  const acme = await world.company("acme");
  await restrict(world, acme);
  const host = world.host("acme");
  const browser = world.browser();
  await browser.post(`http://${host}/login`, { email: acme.owner.email, password: PASSWORD });
  const headers = { Cookie: browser.cookieHeader(host), Accept: "text/html" };
  const { routes } = await createApp(world.services);
  const pages = routes.filter(({ host: of, method, path }) =>
    of === "tenant" && method === "GET" && !NOT_OPENED.test(path)
  );

  for (const path of new Set(pages.map((page) => page.path))) {
    await t.step(path, async () => {
      const { status, text } = await world.raw(
        "GET",
        host,
        path.replaceAll(/:[a-z_]+/g, UNKNOWN_ID),
        headers,
      );

      if (status === 403) assert.match(path, FORMS, "can't be read");
      if (status === 403) assert.match(text, /Pay the open invoice/);
      assert.ok(status < 500, `${status}`);
    });
  }
});

async function restrict({ system, services, clock }: World, { tenant }: Company): Promise<void> {
  await system.control.update(tenants).set({ restrictedFrom: clock.now() }).where(eq(tenants.id, tenant.id));
  services.use(TENANTS).forget(tenant.id);
}
