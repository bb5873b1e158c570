/** Ports made once for the same settings and kept for as long as the process lives. */
import type { Clock } from '../core/time.ts';

/**
 * What an earlier invocation has opened is warm, and name lookup, TLS and credentials cost the next one nothing; what it
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
