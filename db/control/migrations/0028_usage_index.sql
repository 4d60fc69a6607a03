DROP INDEX "control"."usage_events_occurred";
CREATE INDEX "usage_events_occurred" ON "control"."usage_events" USING brin ("occurred_at");
