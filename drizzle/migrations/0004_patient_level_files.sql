ALTER TABLE "dataset" ADD COLUMN "subjects_file_name" text;--> statement-breakpoint
ALTER TABLE "dataset" ADD COLUMN "subjects_file_bytes" bigint;--> statement-breakpoint
ALTER TABLE "dataset" ADD COLUMN "subjects_file_hash" text;--> statement-breakpoint
ALTER TABLE "dataset" ADD COLUMN "subjects_source_file_id" uuid;--> statement-breakpoint
ALTER TABLE "upload" ADD COLUMN "subjects_file_name" text;--> statement-breakpoint
ALTER TABLE "upload" ADD COLUMN "subjects_file_id" uuid;--> statement-breakpoint
ALTER TABLE "dataset" ADD CONSTRAINT "dataset_subjects_source_file_id_stored_file_id_fk" FOREIGN KEY ("subjects_source_file_id") REFERENCES "public"."stored_file"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "upload" ADD CONSTRAINT "upload_subjects_file_id_stored_file_id_fk" FOREIGN KEY ("subjects_file_id") REFERENCES "public"."stored_file"("id") ON DELETE no action ON UPDATE no action;