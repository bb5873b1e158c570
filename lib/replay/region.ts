/** One region of a capture as AWS, the probes and the metrics answer it. */
import type { CallHook } from '../aws/client.ts';
import type { Answer } from '../capture/types.ts';
import type { Clock } from '../core/time.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type RecordedRegion, recordedAws } from './aws.ts';
import { recordedMetrics } from './metrics.ts';
import { openOverlay } from './overlay.ts';
import { type RecordedProbes, recordedProbes } from './probes.ts';

export interface OpenedRegion {
  readonly answers: Answers;
  readonly onCall: CallHook;
  readonly probed: RecordedProbes;
  /** False: no point of any metric is recorded. */
  readonly hasMetrics: boolean;
}

/** `recorded`: of one region, by time. `onMissing` is called with each read and probe that it holds no answer to. */
export function openRegion(
  recorded: readonly Answer[],
  objects: RecordedRegion['objects'],
  clock: Clock,
  onMissing: (what: string) => void,
): OpenedRegion {
  const answers = openAnswers(
    recorded.filter(({ service, operation }) => !OWN.has(service) && !METRIC_READS.has(operation)),
  );
  const overlay = openOverlay(clock);
  const metrics = recordedMetrics(recorded.filter(({ operation }) => METRIC_READS.has(operation)));
  const probes = recorded.filter(({ service }) => service === 'probe');
  return {
    answers,
    onCall: recordedAws({ answers, overlay, objects, metrics }, clock, onMissing),
    probed: recordedProbes(probes, clock, onMissing),
    hasMetrics: metrics.hasAny,
  };
}

/** Lines that are no answers of AWS, or are served by themselves. */
const OWN: ReadonlySet<string> = new Set(['probe', 'medic', 's3']);
const METRIC_READS: ReadonlySet<string> = new Set(['GetMetricData', 'GetMetricStatistics']);
