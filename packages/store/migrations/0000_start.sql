CREATE TABLE "blob_copies" (
	"blob_id" uuid NOT NULL,
	"pool_id" uuid NOT NULL,
	"written_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"object_id" uuid NOT NULL,
	"byte_offset" bigint NOT NULL,
	"length" bigint NOT NULL,
	"checksum_type" text,
	"checksum" text,
	"received_at" timestamp (3) with time zone,
	"cache_node_id" uuid,
	"cache_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "bucket_acls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"group_id" uuid,
	"bucket_id" uuid,
	"permission" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "buckets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"user_id" uuid NOT NULL,
	"data_policy_id" uuid NOT NULL,
	"creation_date" timestamp (3) with time zone NOT NULL,
	"protected" boolean DEFAULT false NOT NULL,
	"last_preferred_chunk_size_in_bytes" bigint,
	CONSTRAINT "buckets_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "cache_filesystems" (
	"id" uuid PRIMARY KEY NOT NULL,
	"node_id" uuid NOT NULL,
	"path" text NOT NULL,
	"max_capacity_in_bytes" bigint,
	"auto_reclaim_initiate_threshold" double precision DEFAULT 0.82 NOT NULL,
	"auto_reclaim_terminate_threshold" double precision DEFAULT 0.72 NOT NULL,
	"burst_threshold" double precision DEFAULT 0.85 NOT NULL,
	"cache_safety_enabled" boolean DEFAULT false NOT NULL,
	"needs_reconcile" boolean DEFAULT false NOT NULL,
	CONSTRAINT "cache_filesystems_node" UNIQUE("node_id")
);
--> statement-breakpoint
CREATE TABLE "cache_throttle_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bucket_id" uuid,
	"priority" text,
	"request_type" text,
	"max_cache_percent" double precision NOT NULL,
	"burst_threshold" double precision
);
--> statement-breakpoint
CREATE TABLE "data_path_backends" (
	"id" uuid PRIMARY KEY NOT NULL,
	"activated" boolean DEFAULT true NOT NULL,
	"allow_new_job_requests" boolean DEFAULT true NOT NULL,
	"always_rollback" boolean DEFAULT true NOT NULL,
	"auto_activate_timeout_in_mins" integer,
	"auto_inspect" text DEFAULT 'FULL' NOT NULL,
	"default_import_conflict_resolution_mode" text DEFAULT 'CANCEL' NOT NULL,
	"default_verify_data_after_import" text,
	"default_verify_data_prior_to_import" boolean DEFAULT true NOT NULL,
	"iom_cache_limitation_percent" double precision DEFAULT 0.5 NOT NULL,
	"iom_enabled" boolean DEFAULT true NOT NULL,
	"partially_verify_last_percent_of_tapes" integer,
	"pool_safety_enabled" boolean DEFAULT true NOT NULL,
	"unavailable_media_policy" text DEFAULT 'DISCOURAGED' NOT NULL,
	"unavailable_pool_max_job_retry_in_mins" integer DEFAULT 20 NOT NULL,
	"unavailable_tape_partition_max_job_retry_in_mins" integer DEFAULT 20 NOT NULL,
	"verify_checkpoint_before_read" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "data_persistence_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"data_policy_id" uuid NOT NULL,
	"storage_domain_id" uuid NOT NULL,
	"type" text NOT NULL,
	"isolation_level" text NOT NULL,
	"minimum_days_to_retain" integer,
	"state" text DEFAULT 'NORMAL' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "data_policies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"creation_date" timestamp (3) with time zone NOT NULL,
	"always_force_put_job_creation" boolean DEFAULT false NOT NULL,
	"always_minimize_spanning_across_media" boolean DEFAULT false NOT NULL,
	"blobbing_enabled" boolean DEFAULT true NOT NULL,
	"checksum_type" text DEFAULT 'MD5' NOT NULL,
	"default_blob_size" bigint,
	"default_get_job_priority" text DEFAULT 'HIGH' NOT NULL,
	"default_put_job_priority" text DEFAULT 'NORMAL' NOT NULL,
	"default_verify_job_priority" text DEFAULT 'LOW' NOT NULL,
	"default_verify_after_write" boolean DEFAULT false NOT NULL,
	"end_to_end_crc_required" boolean DEFAULT false NOT NULL,
	"max_versions_to_keep" integer DEFAULT 1000 NOT NULL,
	"rebuild_priority" text DEFAULT 'LOW' NOT NULL,
	"versioning" text DEFAULT 'NONE' NOT NULL,
	CONSTRAINT "data_policies_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "data_policy_acls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"group_id" uuid,
	"data_policy_id" uuid
);
--> statement-breakpoint
CREATE TABLE "degraded_blobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"blob_id" uuid NOT NULL,
	"bucket_id" uuid NOT NULL,
	"persistence_rule_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dropped_blobs" (
	"blob_id" uuid NOT NULL,
	"place" text NOT NULL,
	"place_id" uuid NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "group_members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"group_id" uuid NOT NULL,
	"member_user_id" uuid,
	"member_group_id" uuid
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"built_in" boolean NOT NULL,
	CONSTRAINT "groups_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "job_chunks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"chunk_number" integer NOT NULL,
	"node_id" uuid,
	"state" text NOT NULL,
	"blobs" integer NOT NULL,
	"size" bigint NOT NULL,
	"cached_blobs" integer NOT NULL,
	"cached_size" bigint NOT NULL,
	"completed_blobs" integer NOT NULL,
	"completed_size" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_entries" (
	"id" uuid NOT NULL,
	"chunk_id" uuid NOT NULL,
	"order_index" integer NOT NULL,
	"blob_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"done" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bucket_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"request_type" text NOT NULL,
	"priority" text NOT NULL,
	"status" text NOT NULL,
	"chunk_order" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"touched_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"aggregating" boolean DEFAULT false NOT NULL,
	"naked" boolean DEFAULT false NOT NULL,
	"replicating" boolean DEFAULT false NOT NULL,
	"staging" boolean DEFAULT false NOT NULL,
	"implicit_job_id_resolution" boolean DEFAULT false NOT NULL,
	"minimize_spanning_across_media" boolean DEFAULT false NOT NULL,
	"verify_after_write" boolean DEFAULT false NOT NULL,
	"dead_job_cleanup_allowed" boolean DEFAULT true NOT NULL,
	"protected" boolean DEFAULT false NOT NULL,
	"truncated" boolean DEFAULT false NOT NULL,
	"truncated_due_to_timeout" boolean DEFAULT false NOT NULL,
	"canceled_due_to_timeout" boolean DEFAULT false NOT NULL,
	"error_message" text,
	"rechunked" timestamp (3) with time zone,
	"original_size" bigint NOT NULL,
	"cached_size" bigint,
	"completed_size" bigint
);
--> statement-breakpoint
CREATE TABLE "multipart_parts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"upload_id" uuid NOT NULL,
	"part_number" integer NOT NULL,
	"length" bigint NOT NULL,
	"node_id" uuid NOT NULL,
	"received_at" timestamp (3) with time zone,
	"checksum_type" text,
	"checksum" text,
	"md5" text,
	"s3_checksum" jsonb
);
--> statement-breakpoint
CREATE TABLE "multipart_uploads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bucket_id" uuid NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"user_id" uuid NOT NULL,
	"initiated_at" timestamp (3) with time zone NOT NULL,
	"touched_at" timestamp (3) with time zone NOT NULL,
	"metadata" jsonb,
	"system_metadata" jsonb,
	"checksum_algorithm" text,
	"checksum_type" text
);
--> statement-breakpoint
CREATE TABLE "nodes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"serial_number" text NOT NULL,
	"end_point" text NOT NULL,
	"dns_name" text,
	"http_port" integer,
	"https_port" integer,
	"last_heartbeat" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "nodes_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "notification_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"registration_id" uuid NOT NULL,
	"event" jsonb NOT NULL,
	"happened_at" timestamp (3) with time zone NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_registrations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"user_id" uuid NOT NULL,
	"sees_all" boolean NOT NULL,
	"job_id" uuid,
	"bucket_id" uuid,
	"creation_date" timestamp (3) with time zone NOT NULL,
	"end_point" text NOT NULL,
	"format" text NOT NULL,
	"naming_convention" text NOT NULL,
	"http_method" text NOT NULL,
	"last_notification" timestamp (3) with time zone,
	"last_http_response_code" integer,
	"last_failure" text,
	"failures_since_last_success" integer DEFAULT 0 NOT NULL,
	"last_sequence_number" bigint
);
--> statement-breakpoint
CREATE TABLE "objects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bucket_id" uuid NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"type" text NOT NULL,
	"size" bigint NOT NULL,
	"version" bigint NOT NULL,
	"latest" boolean NOT NULL,
	"creation_date" timestamp (3) with time zone,
	"e_tag" text,
	"metadata" jsonb,
	"system_metadata" jsonb
);
--> statement-breakpoint
CREATE TABLE "pool_partitions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	CONSTRAINT "pool_partitions_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "pools" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"guid" text NOT NULL,
	"partition_id" uuid,
	"mountpoint" text NOT NULL,
	"quiesced" text DEFAULT 'NO' NOT NULL,
	"state" text DEFAULT 'NORMAL' NOT NULL,
	CONSTRAINT "pools_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "storage_domain_members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"storage_domain_id" uuid NOT NULL,
	"pool_partition_id" uuid NOT NULL,
	"auto_compaction_threshold" integer,
	"state" text DEFAULT 'NORMAL' NOT NULL,
	"write_preference" text DEFAULT 'NORMAL' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "storage_domains" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"auto_eject_media_full_threshold" bigint,
	"auto_eject_upon_cron" text,
	"auto_eject_upon_job_cancellation" boolean DEFAULT false NOT NULL,
	"auto_eject_upon_job_completion" boolean DEFAULT false NOT NULL,
	"auto_eject_upon_media_full" boolean DEFAULT false NOT NULL,
	"ltfs_file_naming" text DEFAULT 'OBJECT_ID' NOT NULL,
	"max_tape_fragmentation_percent" integer DEFAULT 65 NOT NULL,
	"maximum_auto_verification_frequency_in_days" integer,
	"media_ejection_allowed" boolean DEFAULT true NOT NULL,
	"secure_media_allocation" boolean DEFAULT false NOT NULL,
	"verify_prior_to_auto_eject" text,
	"write_optimization" text DEFAULT 'CAPACITY' NOT NULL,
	CONSTRAINT "storage_domains_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "suspect_blobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"blob_id" uuid NOT NULL,
	"pool_id" uuid NOT NULL,
	"found_at" timestamp (3) with time zone NOT NULL,
	"problem" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "systems" (
	"id" uuid PRIMARY KEY NOT NULL,
	"instance_id" uuid NOT NULL,
	"serial_number" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"auth_id" text NOT NULL,
	"sealed_secret_key" text NOT NULL,
	"default_data_policy_id" uuid,
	"max_buckets" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_name" UNIQUE("name"),
	CONSTRAINT "users_auth_id" UNIQUE("auth_id")
);
--> statement-breakpoint
ALTER TABLE "bucket_acls" ADD CONSTRAINT "bucket_acls_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bucket_acls" ADD CONSTRAINT "bucket_acls_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bucket_acls" ADD CONSTRAINT "bucket_acls_bucket_id_buckets_id_fk" FOREIGN KEY ("bucket_id") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "buckets" ADD CONSTRAINT "buckets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "buckets" ADD CONSTRAINT "buckets_data_policy_id_data_policies_id_fk" FOREIGN KEY ("data_policy_id") REFERENCES "public"."data_policies"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cache_filesystems" ADD CONSTRAINT "cache_filesystems_node_id_nodes_id_fk" FOREIGN KEY ("node_id") REFERENCES "public"."nodes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cache_throttle_rules" ADD CONSTRAINT "cache_throttle_rules_bucket_id_buckets_id_fk" FOREIGN KEY ("bucket_id") REFERENCES "public"."buckets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_persistence_rules" ADD CONSTRAINT "data_persistence_rules_data_policy_id_data_policies_id_fk" FOREIGN KEY ("data_policy_id") REFERENCES "public"."data_policies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_persistence_rules" ADD CONSTRAINT "data_persistence_rules_storage_domain_id_storage_domains_id_fk" FOREIGN KEY ("storage_domain_id") REFERENCES "public"."storage_domains"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_policy_acls" ADD CONSTRAINT "data_policy_acls_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_policy_acls" ADD CONSTRAINT "data_policy_acls_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "data_policy_acls" ADD CONSTRAINT "data_policy_acls_data_policy_id_data_policies_id_fk" FOREIGN KEY ("data_policy_id") REFERENCES "public"."data_policies"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_member_user_id_users_id_fk" FOREIGN KEY ("member_user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_member_group_id_groups_id_fk" FOREIGN KEY ("member_group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_registration_id_notification_registrations_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."notification_registrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_registrations" ADD CONSTRAINT "notification_registrations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pools" ADD CONSTRAINT "pools_partition_id_pool_partitions_id_fk" FOREIGN KEY ("partition_id") REFERENCES "public"."pool_partitions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_domain_members" ADD CONSTRAINT "storage_domain_members_storage_domain_id_storage_domains_id_fk" FOREIGN KEY ("storage_domain_id") REFERENCES "public"."storage_domains"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "storage_domain_members" ADD CONSTRAINT "storage_domain_members_pool_partition_id_pool_partitions_id_fk" FOREIGN KEY ("pool_partition_id") REFERENCES "public"."pool_partitions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_default_data_policy_id_data_policies_id_fk" FOREIGN KEY ("default_data_policy_id") REFERENCES "public"."data_policies"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "blob_copies_place" ON "blob_copies" USING btree ("blob_id","pool_id");--> statement-breakpoint
CREATE INDEX "blob_copies_pool" ON "blob_copies" USING btree ("pool_id");--> statement-breakpoint
CREATE UNIQUE INDEX "blobs_object" ON "blobs" USING btree ("object_id","byte_offset");--> statement-breakpoint
CREATE INDEX "blobs_cache" ON "blobs" USING btree ("cache_node_id","cache_used_at") WHERE "blobs"."cache_node_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "bucket_acls_user" ON "bucket_acls" USING btree ("user_id","bucket_id","permission");--> statement-breakpoint
CREATE UNIQUE INDEX "bucket_acls_group" ON "bucket_acls" USING btree ("group_id","bucket_id","permission");--> statement-breakpoint
CREATE UNIQUE INDEX "bucket_acls_user_everywhere" ON "bucket_acls" USING btree ("user_id","permission") WHERE "bucket_acls"."bucket_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "bucket_acls_group_everywhere" ON "bucket_acls" USING btree ("group_id","permission") WHERE "bucket_acls"."bucket_id" is null;--> statement-breakpoint
CREATE INDEX "bucket_acls_bucket" ON "bucket_acls" USING btree ("bucket_id");--> statement-breakpoint
CREATE INDEX "buckets_user" ON "buckets" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "cache_throttle_rules_jobs" ON "cache_throttle_rules" USING btree (coalesce("bucket_id"::text, ''),coalesce("priority", ''),coalesce("request_type", ''));--> statement-breakpoint
CREATE UNIQUE INDEX "data_persistence_rules_domain" ON "data_persistence_rules" USING btree ("data_policy_id","storage_domain_id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_policy_acls_user" ON "data_policy_acls" USING btree ("user_id","data_policy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_policy_acls_group" ON "data_policy_acls" USING btree ("group_id","data_policy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_policy_acls_user_everywhere" ON "data_policy_acls" USING btree ("user_id") WHERE "data_policy_acls"."data_policy_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "data_policy_acls_group_everywhere" ON "data_policy_acls" USING btree ("group_id") WHERE "data_policy_acls"."data_policy_id" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "degraded_blobs_rule" ON "degraded_blobs" USING btree ("blob_id","persistence_rule_id");--> statement-breakpoint
CREATE INDEX "degraded_blobs_bucket" ON "degraded_blobs" USING btree ("bucket_id");--> statement-breakpoint
CREATE UNIQUE INDEX "dropped_blobs_place" ON "dropped_blobs" USING btree ("place_id","blob_id");--> statement-breakpoint
CREATE UNIQUE INDEX "group_members_user" ON "group_members" USING btree ("group_id","member_user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "group_members_group" ON "group_members" USING btree ("group_id","member_group_id");--> statement-breakpoint
CREATE INDEX "group_members_of_user" ON "group_members" USING btree ("member_user_id");--> statement-breakpoint
CREATE INDEX "group_members_of_group" ON "group_members" USING btree ("member_group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "job_chunks_number" ON "job_chunks" USING btree ("job_id","chunk_number");--> statement-breakpoint
CREATE UNIQUE INDEX "job_entries_order" ON "job_entries" USING btree ("chunk_id","order_index");--> statement-breakpoint
CREATE INDEX "job_entries_blob" ON "job_entries" USING btree ("blob_id");--> statement-breakpoint
CREATE INDEX "jobs_status" ON "jobs" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "jobs_bucket" ON "jobs" USING btree ("bucket_id");--> statement-breakpoint
CREATE INDEX "multipart_parts_number" ON "multipart_parts" USING btree ("upload_id","part_number");--> statement-breakpoint
CREATE INDEX "multipart_uploads_name" ON "multipart_uploads" USING btree ("bucket_id","name","id");--> statement-breakpoint
CREATE INDEX "notification_deliveries_due" ON "notification_deliveries" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "notification_registrations_kind" ON "notification_registrations" USING btree ("kind");--> statement-breakpoint
CREATE UNIQUE INDEX "objects_latest" ON "objects" USING btree ("bucket_id","name") WHERE "objects"."latest";--> statement-breakpoint
CREATE UNIQUE INDEX "objects_version" ON "objects" USING btree ("bucket_id","name","version");--> statement-breakpoint
CREATE UNIQUE INDEX "storage_domain_members_partition" ON "storage_domain_members" USING btree ("storage_domain_id","pool_partition_id");--> statement-breakpoint
CREATE UNIQUE INDEX "suspect_blobs_copy" ON "suspect_blobs" USING btree ("blob_id","pool_id");--> statement-breakpoint
CREATE INDEX "suspect_blobs_pool" ON "suspect_blobs" USING btree ("pool_id");