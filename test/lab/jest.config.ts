/** The lab: what needs more than Node and npm. test/lab/start.ts says what that is. */
import base from '../../jest.config.ts';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
  testPathIgnorePatterns: [],
  globalSetup: '<rootDir>/test/lab/start.ts',
  globalTeardown: '<rootDir>/test/lab/end.ts',
};
