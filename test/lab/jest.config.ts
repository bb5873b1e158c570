/** The lab: what needs more than Node and npm. test/lab/start.ts says what that is. */
import base from '../../jest.config.ts';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // Most of a scenario is waiting: twice as many at once as there are cores.
  maxWorkers: '200%',
  globalSetup: '<rootDir>/test/lab/start.ts',
  globalTeardown: '<rootDir>/test/lab/end.ts',
};
