INSERT INTO "control"."tenant_jobs" ("name", "queue") VALUES ('sequences.work', 'campaigns');
