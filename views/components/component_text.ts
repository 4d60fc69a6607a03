import { catalog } from "../text.ts";
import { en } from "./component_text.en.ts";

/** The texts of components that many pages share. */
export const componentText = catalog({ en });
