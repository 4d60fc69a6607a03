/**
 * The oldest tenant migration that this code supports. Null means only the newest. A tenant with an older schema gets
 * 503 until its schema is migrated. Set a version here if the code doesn't depend on the later migrations. Then you can
 * deploy the code first, and migrate the tenants while it serves them.
 */
export const COMPATIBLE_SINCE: string | null = null;
