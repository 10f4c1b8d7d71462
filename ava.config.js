/** Every test file gets a process of its own, and no cache is kept: an ordinary user may not write into the checkout. */
export default {
  extensions: { ts: 'module' },
  files: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'scenarios/**/*.test.ts'],
  workerThreads: false,
  timeout: '120s',
  cache: false,
};
