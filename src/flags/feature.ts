import { feature } from "../feature.ts";
import { FLAG_CHANGED, FLAG_RESET, FLAG_RULES, FLAGS_MANAGE } from "./flags.ts";

export default feature("flags", {
  permissions: [FLAGS_MANAGE],
  events: [FLAG_CHANGED, FLAG_RESET],
  parts: [FLAG_RULES],
});
