/** What Node and npm alone can run. The lab has a configuration of its own: test/lab/jest.config.ts. */
export default {
  testEnvironment: '<rootDir>/test/environment.ts',
  maxWorkers: '100%',
  // A hang guard, not a limit: shared machines stall.
  testTimeout: 300_000,
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/lab/'],
  transform: { '^.+\\.ts$': '<rootDir>/test/transform.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.lab/', '<rootDir>/.serverless/'],
  watchPathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.lab/', '<rootDir>/.serverless/'],
  // Inside the checkout, as all that a test writes.
  cacheDirectory: '<rootDir>/.lab/jest',
};
