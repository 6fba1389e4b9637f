import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./globals.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import type { ReactNode } from "react";
import { AppProviders } from "./_components/shell/app-providers.tsx";

const roboto = localFont({
  src: [
    { path: "../node_modules/pdfmake/fonts/Roboto/Roboto-Regular.ttf", weight: "400", style: "normal" },
    { path: "../node_modules/pdfmake/fonts/Roboto/Roboto-Medium.ttf", weight: "500 700", style: "normal" },
    { path: "../node_modules/pdfmake/fonts/Roboto/Roboto-Italic.ttf", weight: "400", style: "italic" },
  ],
  variable: "--font-roboto",
  display: "swap",
});

export const metadata: Metadata = {
  title: { template: "%s · Understudy", default: "Understudy" },
  description: "Designer for clinical-trial control arms",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1, themeColor: "#ffffff" };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" {...mantineHtmlProps} className={roboto.variable}>
      <head>
        <ColorSchemeScript forceColorScheme="light" />
      </head>
      <body>
        <AppProviders>{children}</AppProviders>
      </body>
    </html>
  );
}
