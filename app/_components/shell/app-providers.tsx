"use client";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { TrpcQueryProvider } from "../../_lib/trpc-query-provider.tsx";
import { SteadyInput } from "../form/steady-input.tsx";
import { contrastSafeVariables, theme } from "./theme.ts";

export function AppProviders({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={contrastSafeVariables} forceColorScheme="light">
      <SteadyInput />
      <Notifications position="bottom-right" limit={3} />
      <TrpcQueryProvider>{children}</TrpcQueryProvider>
    </MantineProvider>
  );
}
