// Loaded into a server before it begins: asked over IPC, it collects garbage and says how much memory it holds.
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage.rss());
});
process.on('disconnect', () => process.exit());
