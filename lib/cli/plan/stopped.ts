/** Why nothing is written now, whatever fails: an operator's pause, or the deployment's mode. Pure. */
import { describePause, pauseNow } from '../../core/pause.ts';
import { freshLook } from '../../watcher/lastLooks.ts';
import type { Observation } from '../pass.ts';

export interface Stopped {
  readonly cause: 'paused' | 'observe';
  readonly because: string;
  readonly toDo: string;
}

/** Null: the leader writes. A leader that does not look is reported by itself. */
export function stoppedNow({
  memory,
  leader,
  world,
}: Pick<Observation, 'memory' | 'leader' | 'world'>): Stopped | null {
  const pause = leader?.watch.pause ?? pauseNow(memory.pause, world.at);
  if (pause !== null) {
    return { cause: 'paused', because: describePause(pause), toDo: 'vpn-medic resume' };
  }
  const look = leader === null ? null : freshLook(leader.watch, 'appliances');
  return look?.mode === 'observe'
    ? {
        cause: 'observe',
        because: 'the deployed watcher only observes (mode observe)',
        toDo: 'Deploy again with --param mode=act.',
      }
    : null;
}
