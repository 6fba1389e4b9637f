import type { NextConfig } from "next";

const config: NextConfig = {
  // Loaded from node_modules at run time: they open files, threads or sockets that a bundle would break.
  serverExternalPackages: [
    "piscina",
    "@electric-sql/pglite",
    "pg-boss",
    "pdfmake",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-backend-cpu",
    "@tensorflow/tfjs-backend-wasm",
    "postgres",
    "pdfjs-dist",
    "echarts",
  ],
  // Types are checked by npm test; a first start need not wait for them.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
};

export default config;
