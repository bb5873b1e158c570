/** Keys of probes from memory. */
import { systemClock } from '../../lib/core/time.ts';
import { openKeys, type ProbeKeys } from '../../lib/probe/keys.ts';

/** By name: the text. What is not there is missing. */
export const testKeys = (texts: Readonly<Record<string, string>>): ProbeKeys =>
  openKeys(
    {
      read: async (name) => {
        const text = texts[name];
        return text === undefined
          ? { kind: 'missing', why: 'Systems Manager answered ParameterNotFound' }
          : { kind: 'key', text, version: '1' };
      },
    },
    systemClock,
  );
