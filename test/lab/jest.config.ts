/** The lab: what needs more than Node and npm. test/lab/start.ts says what that is. */
import { availableParallelism } from 'node:os';
import base from '../../jest.config.ts';

export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/lab/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // Most of a scenario is waiting: twice as many at once as there are cores.
  maxWorkers: 2 * availableParallelism(),
  globalSetup: '<rootDir>/test/lab/start.ts',
  globalTeardown: '<rootDir>/test/lab/end.ts',
};
