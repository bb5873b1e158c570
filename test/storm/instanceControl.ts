/** The instance control of a simulated account, with some of its answers exchanged. */
import type { InstanceControlPort } from '../../lib/repairs/ports.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';

type Started = ReturnType<SimAccount['start']>;

/** For each function that starts from now on. */
export function exchangeControl(
  account: SimAccount,
  change: (
    control: InstanceControlPort,
    started: Started,
    by: Parameters<SimAccount['start']>[0],
  ) => Partial<InstanceControlPort>,
): void {
  const start = account.start.bind(account);
  account.start = (by) => {
    const started = start(by);
    return {
      ...started,
      instanceControlOf: (odds) => {
        const control = started.instanceControlOf(odds);
        return { ...control, ...change(control, started, by) };
      },
    };
  };
}
