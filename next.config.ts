import type { NextConfig } from "next";

const config: NextConfig = {
  // Loaded from node_modules at run time: they open files, threads or sockets that a bundle would break.
  serverExternalPackages: ["piscina", "@electric-sql/pglite", "pg-boss", "pdfmake", "postgres", "pdfjs-dist", "echarts"],
  poweredByHeader: false,
};

export default config;
