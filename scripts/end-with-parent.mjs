// Loaded into the server: it ends when the script that started it is gone, even when that was killed without a chance to
// say so. A server left behind would keep its port and its data directory.
process.on("disconnect", () => process.exit(1));
