CREATE TABLE "limit_counters" (
	"limit" text PRIMARY KEY NOT NULL,
	"used" bigint NOT NULL
);
