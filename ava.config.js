/** Unit tests run in worker threads beside each other; kernel tests get processes of their own (see scripts/test.ts). */
export default {
  extensions: { ts: 'module' },
  files: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'scenarios/**/*.test.ts'],
  workerThreads: false,
  timeout: '120s',
};
