/** Makes ports once for the same settings, for the life of the process. */
import type { Clock } from '../core/time.ts';

/**
 * Later invocations reuse connections, TLS sessions and credentials of earlier ones; what it
 * could not write down is not forgotten (`lib/incidents/keptNotifier.ts`). Only for functions, whose environment (region,
 * credentials, endpoint) never changes.
 */
export function memoize<Settings extends { readonly clock: Clock }, Made>(
  make: (settings: Settings) => Made,
): (settings: Settings) => Made {
  const warm = new Map<string, Made>();
  return (settings) => {
    const { clock: _clock, ...named } = settings;
    const key = JSON.stringify(named);
    const made = warm.get(key) ?? make(settings);
    warm.set(key, made);
    return made;
  };
}
