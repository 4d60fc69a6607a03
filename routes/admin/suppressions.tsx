import { type Context, Hono } from "hono";
import {
  getSuppressed,
  listSuppressed,
  newSuppression,
  suppressByHand,
  SUPPRESSION_LIST,
  unsuppress,
} from "../../src/email/suppression.ts";
import { parseInput } from "../../src/platform/input.ts";
import { NewSuppressionPage } from "../../views/pages/admin/new_suppression_page.tsx";
import { ReleaseAddressPage } from "../../views/pages/admin/release_address_page.tsx";
import { SuppressionList, SuppressionRows } from "../../views/pages/admin/suppression_list.tsx";
import { SuppressionsPage } from "../../views/pages/admin/suppressions_page.tsx";
import { sendFlash } from "../flash.ts";
import { refusedFields } from "../forms.ts";
import { isPartial, readForm, redirect, type StaffEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { render } from "../render.tsx";
import { shellOf } from "./staff.tsx";

/** The addresses that no mail goes to. */
export const suppressionPages = new Hono<StaffEnv>();

suppressionPages.get("/suppressions", async (c) => {
  const ctx = c.get("staff");
  const query = readListAddress(c, SUPPRESSION_LIST);
  const { search, cursor } = query;
  const { items, nextCursor } = await listSuppressed(ctx, query);
  const list = { addresses: items, nextCursor, search: search ?? "", now: ctx.services.clock.now() };
  if (isPartial(c) && cursor) return render(c, <SuppressionRows {...list} />);
  if (isPartial(c)) return render(c, <SuppressionList {...list} />);
  return render(c, <SuppressionsPage {...shellOf(c)} {...list} />);
});

suppressionPages.get("/suppressions/new", (c) => render(c, <NewSuppressionPage {...shellOf(c)} />));

suppressionPages.post("/suppressions", async (c) => {
  const form = await readForm(c);
  try {
    const input = parseInput(newSuppression, form);
    await suppressByHand(c.get("staff"), input);
    return goBack(c, `No mail goes to ${input.address} any more.`);
  } catch (error) {
    const refused = { values: form, errors: refusedFields(error) };
    return render(c, <NewSuppressionPage {...shellOf(c)} {...refused} />, 422);
  }
});

suppressionPages.get("/suppressions/:id/release", async (c) => {
  const ctx = c.get("staff");
  const suppressed = await getSuppressed(ctx, c.req.param("id"));
  const now = ctx.services.clock.now();
  return render(c, <ReleaseAddressPage {...shellOf(c)} suppressed={suppressed} now={now} />);
});

suppressionPages.post("/suppressions/:id/release", async (c) => {
  const address = await unsuppress(c.get("staff"), c.req.param("id"));
  return goBack(c, `Mail goes to ${address} again.`);
});

function goBack(c: Context<StaffEnv>, text: string): Response {
  sendFlash(c, { kind: "success", text });
  return redirect(c, "/admin/suppressions");
}
