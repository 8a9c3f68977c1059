CREATE TABLE "bucket_history" (
	"id" uuid NOT NULL,
	"bucket_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"object_name" text NOT NULL,
	"object_creation_date" timestamp (3) with time zone,
	"type" text NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	"place" integer NOT NULL,
	"sequence_number" bigint
);
--> statement-breakpoint
ALTER TABLE "systems" ADD COLUMN "last_history_number" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "bucket_history_fresh" ON "bucket_history" USING btree ("noted_at","place") WHERE "bucket_history"."sequence_number" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "bucket_history_number" ON "bucket_history" USING btree ("sequence_number") WHERE "bucket_history"."sequence_number" is not null;--> statement-breakpoint
CREATE INDEX "bucket_history_bucket" ON "bucket_history" USING btree ("bucket_id","sequence_number") WHERE "bucket_history"."sequence_number" is not null;