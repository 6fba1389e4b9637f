CREATE TABLE "dossier_request" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dossier_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"act" text NOT NULL,
	"member_id" uuid NOT NULL,
	"printed_name" text NOT NULL,
	"role" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dossier_request_job_id_unique" UNIQUE("job_id")
);
--> statement-breakpoint
ALTER TABLE "dossier_request" ADD CONSTRAINT "dossier_request_dossier_id_dossier_id_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossier"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dossier_request_dossier" ON "dossier_request" USING btree ("dossier_id","at");--> statement-breakpoint
CREATE TRIGGER "dossier_request_append_only" BEFORE UPDATE OR DELETE ON "dossier_request" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
