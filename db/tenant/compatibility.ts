/**
 * The oldest migration of the tenants' schemas with which this code works; null: only the newest. A tenant whose schema
 * is older gets 503 until it is migrated. Name a version here where the migrations after it only add what the code can do
 * without: then the code may be deployed first, and the fleet be migrated while it serves.
 */
export const COMPATIBLE_SINCE: string | null = null;
