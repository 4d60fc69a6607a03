DROP TABLE "control"."factor_attempts" CASCADE;
