import { catalog } from "../text.ts";
import { en } from "./site_text.en.ts";

export const siteText = catalog({ en });
