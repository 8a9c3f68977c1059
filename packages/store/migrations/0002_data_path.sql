ALTER TABLE "blobs" ADD COLUMN "crc32c" text;--> statement-breakpoint
ALTER TABLE "multipart_parts" ADD COLUMN "crc32c" text;--> statement-breakpoint
CREATE INDEX "jobs_implicit" ON "jobs" USING btree ("bucket_id") WHERE "jobs"."implicit_job_id_resolution" and "jobs"."status" = 'IN_PROGRESS';