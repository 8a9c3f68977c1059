CREATE TABLE "pool_failures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pool_id" uuid NOT NULL,
	"type" text NOT NULL,
	"date" timestamp (3) with time zone NOT NULL,
	"error_message" text
);
--> statement-breakpoint
DROP INDEX "blob_copies_pool";--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "verifying_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "verified_up_to" uuid;--> statement-breakpoint
ALTER TABLE "pools" ADD COLUMN "last_verified" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "pool_failures" ADD CONSTRAINT "pool_failures_pool_id_pools_id_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."pools"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pool_failures_pool" ON "pool_failures" USING btree ("pool_id");--> statement-breakpoint
CREATE INDEX "blob_copies_pool" ON "blob_copies" USING btree ("pool_id","blob_id");