/**
 * Jest's environment for Node in a plain context. Jest makes its context over a proxied object, through which each use
 * of a global goes: virtual-time tests, which are all arithmetic, took ten times as long (measured, November 2026).
 */
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

const createContext = vm.createContext;

export default class PlainEnvironment extends TestEnvironment {
  constructor(...options: ConstructorParameters<typeof TestEnvironment>) {
    // The parent has no option for it, and asks for its context in here alone.
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...options);
    } finally {
      vm.createContext = createContext;
    }
  }
}
