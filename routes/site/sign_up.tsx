import { Hono } from "hono";
import { SignUpForm, SignUpPage } from "../../views/pages/sign_up_page.tsx";
import { refusedFields } from "../forms.ts";
import { type AppEnv, hostSuffix, isPartial, readForm, redirect } from "../http.ts";
import { sendSession } from "../middleware/session.ts";
import { render } from "../render.tsx";
import { apexOnly } from "./apex.ts";
import { signUpOnce } from "./sign_up_once.ts";

export const signUpPages = new Hono<AppEnv>();

signUpPages.get("/signup", apexOnly, (c) => {
  return render(c, <SignUpPage values={{}} errors={{}} hostSuffix={hostSuffix(c)} />);
});

signUpPages.post("/signup", apexOnly, async (c) => {
  const form = await readForm(c);
  try {
    const { url, session } = await signUpOnce(c, form);
    sendSession(c, session);
    return redirect(c, url);
  } catch (error) {
    const { password: _, ...values } = form;
    const props = { values, errors: refusedFields(error), hostSuffix: hostSuffix(c) };
    return render(c, isPartial(c) ? <SignUpForm {...props} /> : <SignUpPage {...props} />, 422);
  }
});
