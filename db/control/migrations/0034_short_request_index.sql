DROP INDEX "stream"."api_requests_actor";
CREATE INDEX "api_requests_of_actor" ON "stream"."api_requests" USING btree ("actor_id","at");
