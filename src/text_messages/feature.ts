import { feature } from "../feature.ts";
import { TEXT_TRANSPORT, TEXTS_ADDRESS, TEXTS_PERSON, TEXTS_TO_NUMBER } from "./deliver.ts";

export default feature("text messages", {
  rateLimits: [TEXTS_TO_NUMBER, TEXTS_PERSON, TEXTS_ADDRESS],
  parts: [TEXT_TRANSPORT],
});
