/** Examines whether the alarms of the stack are there, armed and quiet. Pure. */
import type { AlarmFacts } from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** One exam for all that are well, and one for each that is not. */
export function examineAlarms(
  names: readonly string[],
  reading: Reading<readonly AlarmFacts[]>,
): readonly Exam[] {
  if (!reading.known) return [unexamined('alarms', 'all alarms', reading.why)];
  const byName = new Map(reading.value.map((alarm) => [alarm.name, alarm]));
  const exams = names.map((name) => examineAlarm(name, byName.get(name)));
  const fine = exams.filter(({ result }) => result === 'well');
  const others = exams.filter(({ result }) => result !== 'well');
  return [
    ...others,
    ...(fine.length === 0
      ? []
      : [well('alarms', counted(fine.length, 'alarm'), 'armed, not in alarm')]),
  ];
}

function examineAlarm(name: string, alarm: AlarmFacts | undefined): Exam {
  if (alarm === undefined) {
    return wrong('alarms', name, 'is not there any more', 'deploy the stack again');
  }
  if (!alarm.isArmed) {
    return wrong(
      'alarms',
      name,
      'its actions are switched off: no notification is sent',
      `aws cloudwatch enable-alarm-actions --alarm-names ${shellQuoted(name)}`,
    );
  }
  if (alarm.state === 'ALARM') {
    return wrong('alarms', name, `in alarm: ${alarm.why}`, 'see its section of docs/runbook.md');
  }
  return well('alarms', name, 'armed');
}
