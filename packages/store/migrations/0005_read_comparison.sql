ALTER TABLE "blobs" DROP COLUMN "crc32c";--> statement-breakpoint
ALTER TABLE "multipart_parts" DROP COLUMN "crc32c";--> statement-breakpoint
ALTER TABLE "blobs" ADD COLUMN "crc32" text;--> statement-breakpoint
ALTER TABLE "multipart_parts" ADD COLUMN "crc32" text;