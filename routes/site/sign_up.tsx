import { Hono } from "hono";
import { newAccount, signUp } from "../../src/identity/sign_up.ts";
import { parseInput } from "../../src/platform/input.ts";
import { SignUpForm, SignUpPage } from "../../views/pages/sign_up_page.tsx";
import { refusedFields } from "../forms.ts";
import { type AppEnv, hostSuffix, isPartial, readForm, redirect, systemContextOf } from "../http.ts";
import { signInBrowser } from "../middleware/session.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";

export const signUpPages = new Hono<AppEnv>();

signUpPages.get("/signup", apexOnly, (c) => {
  return render(c, <SignUpPage values={{}} errors={{}} hostSuffix={hostSuffix(c)} />);
});

signUpPages.post("/signup", apexOnly, async (c) => {
  const form = await readForm(c);
  try {
    const { url, session } = await signUp(systemContextOf(c), parseInput(newAccount, form), c.get("device"));
    await signInBrowser(c, session);
    return redirect(c, url);
  } catch (error) {
    const { password: _, ...values } = form;
    const props = { values, errors: refusedFields(error), hostSuffix: hostSuffix(c) };
    return render(c, isPartial(c) ? <SignUpForm {...props} /> : <SignUpPage {...props} />, 422);
  }
});
