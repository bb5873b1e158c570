/** Findings of this look, and the leader's open incidents, as text. Pure. */

import { titleOf } from '../../core/findings/catalogue.ts';
import { endingSince } from '../../incidents/steps.ts';
import { type Colour, colour, type Span } from '../output/colour.ts';
import { type Block, blank, line, title } from '../output/textBlocks.ts';
import { keyOf } from './trouble.ts';
import type { CheckReport, FindingReport } from './types.ts';

const SEVERITY_COLOURS: Readonly<Record<FindingReport['severity'], Colour>> = {
  critical: 'bad',
  warning: 'warn',
  info: 'dim',
};

/** As the groups and the result have marks. */
const MARKS: Readonly<Record<FindingReport['severity'], string>> = {
  critical: '✕',
  warning: '!',
  info: '·',
};

const markedReason = (severity: FindingReport['severity'], reason: string): Span =>
  colour(SEVERITY_COLOURS[severity], `${MARKS[severity]} ${severity.toUpperCase()} ${reason}`);

/** What no incident of the leader's says already; all of them where the leader's may be out of date. */
function ownFindings({ findings, incidents, suppressed, watch }: CheckReport) {
  const isOutOfDate = watch?.isLate !== false;
  const covered = new Set((isOutOfDate ? [] : [...incidents, ...suppressed]).map(keyOf));
  return findings.filter((finding) => !covered.has(keyOf(finding)));
}

/** What the leader has found is not said twice. */
export function writeFindings(report: CheckReport): readonly Block[] {
  const findings = ownFindings(report);
  if (findings.length === 0) return [];
  return [
    blank,
    title('Findings'),
    ...folded(findings).flatMap(({ severity, reason, summary, evidence, hint, docs }) => [
      line([markedReason(severity, reason), ' ', summary], 2),
      ...(severity === 'info' ? [] : evidence.map((text) => line(colour('dim', text), 6))),
      line(['To do: ', hint], 4),
      line(colour('dim', docs), 4),
    ]),
  ];
}

/** Information of one reason is one line, whatever number of things it is about. */
function folded(findings: readonly FindingReport[]): readonly FindingReport[] {
  const groups = Map.groupBy(findings, (one) =>
    one.severity === 'info' ? one.reason : keyOf(one),
  );
  return [...groups.values()].flatMap((some) => {
    const [first, ...others] = some;
    if (first === undefined || others.length === 0) return some;
    const names = some.map(({ subject }) => subject.name);
    const shown = names.slice(0, NAMED_MAX).join(', ');
    const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : '';
    return [{ ...first, summary: `${titleOf(first.reason)} (${some.length}): ${shown}${more}` }];
  });
}

const NAMED_MAX = 5;

export function writeIncidents({ incidents, suppressed }: CheckReport): readonly Block[] {
  if (incidents.length === 0) return [];
  return [
    blank,
    title('Open incidents, by the leader'),
    ...incidents.flatMap(({ severity, reason, summary, hint, isAcked, missedAt }) => [
      line(
        [
          markedReason(severity, reason),
          ` ${summary}${isAcked ? ' (acknowledged, or in maintenance)' : ''}`,
          ...(missedAt === null ? [] : [colour('good', ` (${endingSince(missedAt)})`)]),
        ],
        2,
      ),
      line(['To do: ', hint], 4),
    ]),
    ...(suppressed.length === 0
      ? []
      : [
          line(
            `${suppressed.length} more suppressed, same root cause: vpn-medic incidents --all lists them.`,
            2,
          ),
        ]),
  ];
}
