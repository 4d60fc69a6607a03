/** Every feature of the product, one line each. A feature may use the parts of those before it. */
const features = await Promise.all([
  import("./access/feature.ts"),
  import("./tenancy/feature.ts"),
  import("./identity/feature.ts"),
  import("./audit/feature.ts"),
  import("./billing/feature.ts"),
  import("./email/feature.ts"),
  import("./api_access/feature.ts"),
  import("./analytics/feature.ts"),
  import("./operations/feature.ts"),
  import("./projects/feature.ts"),
]);

export const FEATURES = features.map(({ default: feature }) => feature);
