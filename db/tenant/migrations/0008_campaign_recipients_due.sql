ALTER TABLE "campaign_recipients" ADD COLUMN "due_at" timestamp (3) with time zone;
ALTER TABLE "campaigns" ADD COLUMN "counted" jsonb;
CREATE INDEX "campaign_recipients_due" ON "campaign_recipients" USING btree ("campaign_id","due_at") WHERE "campaign_recipients"."state" = 'waiting' and "campaign_recipients"."due_at" is not null;
