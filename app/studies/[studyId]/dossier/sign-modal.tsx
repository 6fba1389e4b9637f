"use client";
import { Button, Modal, NativeSelect, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Facts } from "../../../_components/table/facts.tsx";
import { type RouterInputs, useTRPC } from "../../../_lib/trpc.ts";
import type { Dossier } from "./dossier-types.ts";
import { PasswordAgain, passwordFaultOf } from "./password-again.tsx";
import { meaningWords } from "./signature-words.ts";

type Meaning = RouterInputs["dossier"]["sign"]["meaning"];

const meanings = Object.keys(meaningWords) as Meaning[];

/** Asks for the password again; shows what is signed, by whom, and with what meaning. The page then shows the printing. */
export function SignModal({ dossier, onClose }: { dossier: Dossier; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useQuery(trpc.session.me.queryOptions());
  const [password, setPassword] = useState("");
  const [meaning, setMeaning] = useState<Meaning>("review");
  const [missing, setMissing] = useState(false);
  const sign = useMutation(
    trpc.dossier.sign.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        onClose();
      },
    }),
  );
  const passwordFault = passwordFaultOf(sign.error);

  function submit(event: FormEvent) {
    event.preventDefault();
    setMissing(password === "");
    if (password !== "") sign.mutate({ dossierId: dossier.id, password, meaning });
  }

  return (
    <Modal opened onClose={onClose} title={`Sign version ${dossier.version}`} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Facts
            items={[
              ["Printed name", me.data?.name ?? ""],
              ["Role", me.data?.role ?? ""],
              ["Time", "the server's clock, UTC, at the moment of signing"],
              [
                "What is signed",
                <span key="hash">
                  the record with SHA-256 <span className="hash">{dossier.recordHash ?? ""}</span>
                </span>,
              ],
            ]}
          />
          {sign.error !== null && passwordFault === undefined && <FailureNotice error={sign.error} />}
          <NativeSelect
            label="Meaning of the signature"
            value={meaning}
            onChange={(event) => setMeaning(meanings.find((one) => one === event.currentTarget.value) ?? "review")}
            data={meanings.map((value) => ({ value, label: meaningWords[value] }))}
          />
          <PasswordAgain value={password} onChange={setPassword} missing={missing} fault={passwordFault} />
          <Button type="submit" loading={sign.isPending} disabled={me.data === undefined}>
            Sign as {me.data?.name ?? ""}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
