CREATE TABLE "control"."tenant_days" (
	"day" date NOT NULL,
	"tenant_id" uuid NOT NULL,
	"changes" integer NOT NULL,
	"calls" bigint NOT NULL,
	"errors" bigint NOT NULL,
	"endpoints" jsonb NOT NULL,
	CONSTRAINT "tenant_days_day_tenant_id_pk" PRIMARY KEY("day","tenant_id")
);
ALTER TABLE "control"."tenant_days" ADD CONSTRAINT "tenant_days_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "control"."tenants"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "tenant_days_tenant" ON "control"."tenant_days" USING btree ("tenant_id","day");
