"use client";
import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { FailureNotice } from "../_components/feedback/failure-notice.tsx";
import { PermittedButton } from "../_components/form/permitted-button.tsx";
import { useTRPC } from "../_lib/trpc.ts";
import { useRefusal } from "../_lib/use-refusal.ts";

const samples = [
  {
    sample: "pbc",
    title: "Mayo Clinic PBC trial",
    text: "Real patients: primary biliary cholangitis, laboratory endpoints at two years",
  },
  {
    sample: "alzheimer",
    title: "Alzheimer's programme (SIMULATED)",
    text: "Known truth: ADAS-Cog 11 to week 78, three historical studies with drift",
  },
] as const;

/** A sample is made in one go, with everything that a study needs. */
const needed = ["study.create", "study.write", "data.import", "model.train", "simulation.run"] as const;

/** Opens a complete example and starts its work in the background. */
export function OpenSample() {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const refused = useRefusal(...needed) !== null;
  const open = useMutation(
    trpc.study.openSample.mutationOptions({
      onSuccess: async ({ id }) => {
        await queryClient.invalidateQueries();
        router.push(`/studies/${id}`);
      },
    }),
  );
  if (refused)
    return (
      <PermittedButton needs={needed} size="sm" variant="default">
        Open a sample
      </PermittedButton>
    );
  return (
    <>
      <Menu position="bottom-end" width={320}>
        <Menu.Target>
          <Button
            size="sm"
            variant="default"
            loading={open.isPending}
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            Open a sample
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {samples.map(({ sample, title, text }) => (
            <Menu.Item key={sample} onClick={() => open.mutate({ sample })}>
              {title}
              <br />
              <span style={{ fontSize: "0.75rem", color: "var(--ink-soft)" }}>{text}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open.error !== null && <FailureNotice error={open.error} />}
    </>
  );
}
