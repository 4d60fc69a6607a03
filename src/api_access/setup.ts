import { setupStep } from "../setup/setup_step.ts";
import { API_KEYS_MANAGE } from "./permissions.ts";

export const FIRST_API_KEY = setupStep("first_api_key", {
  label: "Create an API key",
  position: 40,
  path: "/developers/api-keys/new",
  permission: API_KEYS_MANAGE,
  isDone: ({ hasApiKey }) => hasApiKey,
});
